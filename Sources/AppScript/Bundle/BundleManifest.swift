public import AppModel

/// Which files travel with an app. Pure: it chooses from a listing, and `BundleFolder` makes that listing.
public struct BundleManifest: Sendable, Hashable {
  /// More is surely a mistake in a pattern.
  public static let filesMax = 10_000
  /// A bundle is copied to every node; models and data belong into a mount.
  public static let sizeMax: ByteCount = .megabytes(512)
  /// Never travel, unless a script names one of them exactly.
  public static let ignoredAlways = [".git", "__pycache__", "node_modules", ".DS_Store", "*.pyc"]

  /// In the order of their paths, each once.
  public private(set) var files: [BundleEntry] = []
  public private(set) var diagnostics: [Diagnostic] = []

  public var size: ByteCount { ByteCount(files.reduce(0) { $0 + $1.size }) }

  /// Chooses for one app; `listing` holds what `BundleRequest` asked for.
  public init(_ request: BundleRequest, listing: [BundleEntry]) {
    let ignored = request.ignored.map { PathPattern($0) }
    var chosen: [String: BundleEntry] = [:]
    var matched: Set<String> = []
    for entry in listing {
      let isNamed = request.names.contains(entry.path)
      let isIgnored = ignored.contains { $0.matchesAnyName(entry.path) }
      let hits = isIgnored ? [] : request.patterns.filter { $0.pattern.matches(entry.path) }
      matched.formUnion(hits.map(\.pattern.text))
      guard isNamed || !hits.isEmpty, chosen[entry.path] == nil else { continue }
      chosen[entry.path] = entry
      refuse(entry, at: hits.first?.mark)
    }
    for wanted in request.patterns where wanted.isExpected && !matched.contains(wanted.pattern.text) {
      diagnostics.append(
        Diagnostic(
          .warning, "files-without-match", "files: no file matches \(DraftValue.quoted(wanted.pattern.text))",
          at: wanted.mark?.position, length: wanted.mark?.length ?? 0, fix: "mend the pattern, or leave it out"))
    }
    files = chosen.values.filter { $0.kind == .file }.sorted { $0.path < $1.path }
    checkLimits(request)
  }

  private mutating func refuse(_ entry: BundleEntry, at mark: SourceMark?) {
    let reason: String
    switch entry.kind {
    case .file: return
    case .linkOutside: reason = "is a link that leads out of the script's folder"
    case .linkToFolder: reason = "is a link to a folder"
    case .special: reason = "is neither a file nor a folder"
    }
    diagnostics.append(
      Diagnostic(
        .error, "not-bundled", "\(DraftValue.quoted(entry.path)) \(reason), so it cannot travel with the app", at: mark?.position,
        length: mark?.length ?? 0, fix: "put a copy in its place, or name it in 'files_ignore'"))
  }

  private mutating func checkLimits(_ request: BundleRequest) {
    let mark = request.patterns.first { $0.isExpected }?.mark
    if files.count > Self.filesMax {
      diagnostics.append(
        Diagnostic(
          .error, "too-many-files", "\(files.count) files would travel with the app", at: mark?.position,
          length: mark?.length ?? 0, fix: "at most \(Self.filesMax) are allowed; narrow 'files', or use 'files_ignore'"))
    }
    if size > Self.sizeMax {
      let largest = files.max { $0.size < $1.size }
      let hint = largest.map { "; the largest is \(DraftValue.quoted($0.path)) with \($0.size / 1_048_576) MB" } ?? ""
      diagnostics.append(
        Diagnostic(
          .error, "bundle-too-large", "\(size.bytes / 1_048_576) MB would travel with the app\(hint)", at: mark?.position,
          length: mark?.length ?? 0, fix: "at most \(Self.sizeMax) are allowed; keep large data in a mount such as /data"))
    }
  }
}
