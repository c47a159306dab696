import Glibc

/// Looks into a script's folder for what a `BundleRequest` names: a thin reader, which decides nothing.
public struct BundleFolder: Sendable {
  /// Entries that are looked at; a folder with more is no bundle (a home directory, say).
  public static let entriesMax = 50_000
  static let depthMax = 32

  /// Absolute path of the folder.
  public let root: String

  /// Throws `ScriptFailure` where the folder cannot be resolved.
  public init(root: String) throws(ScriptFailure) {
    guard let resolved = Self.resolve(root) else {
      throw ScriptFailure("file-missing", "there is no folder \(DraftValue.quoted(root))", file: root)
    }
    self.root = resolved
  }

  /// What exists of it. Throws `ScriptFailure` where there is too much to look at.
  public func listing(_ request: BundleRequest) throws(ScriptFailure) -> [BundleEntry] {
    var found: [String: BundleEntry] = [:]
    for name in request.names {
      if let entry = entry(name) { found[name] = entry }
    }
    let ignored = request.ignored.map { PathPattern($0) }
    var visited = 0
    for wanted in request.patterns {
      let top = wanted.pattern.hasWildcards ? wanted.pattern.fixedFolder : wanted.pattern.text
      try walk(top, depth: 0, ignored, &visited, &found)
    }
    return found.values.sorted { $0.path < $1.path }
  }

  private func walk(
    _ path: String, depth: Int, _ ignored: [PathPattern], _ visited: inout Int, _ found: inout [String: BundleEntry]
  ) throws(ScriptFailure) {
    visited += 1
    guard visited <= Self.entriesMax else {
      throw ScriptFailure(
        "too-many-files", "there are more than \(Self.entriesMax) files beside the script", file: root,
        fix: "narrow the patterns of 'files', or give the script a folder of its own")
    }
    guard depth <= Self.depthMax, path.isEmpty || !ignored.contains(where: { $0.matchesAnyName(path) }) else { return }
    guard path.isEmpty || isFolder(path) else {
      if let entry = entry(path) { found[path] = entry }
      return
    }
    guard let stream = opendir(path.isEmpty ? root : "\(root)/\(path)") else { return }
    defer { closedir(stream) }
    while let item = readdir(stream) {
      let name = withUnsafePointer(to: &item.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name != ".", name != ".." else { continue }
      try walk(path.isEmpty ? name : "\(path)/\(name)", depth: depth + 1, ignored, &visited, &found)
    }
  }

  private func isFolder(_ path: String) -> Bool {
    var status = stat()
    return lstat("\(root)/\(path)", &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// nil for folders, and for what is not there.
  private func entry(_ path: String) -> BundleEntry? {
    let full = "\(root)/\(path)"
    var status = stat()
    guard lstat(full, &status) == 0 else { return nil }
    // A folder on the way may be a link as well, so the whole path is resolved.
    guard let resolved = Self.resolve(full), stat(full, &status) == 0 else {
      return BundleEntry(path: path, kind: .linkOutside, size: 0)
    }
    guard resolved.hasPrefix(root == "/" ? root : root + "/") else { return BundleEntry(path: path, kind: .linkOutside, size: 0) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return BundleEntry(path: path, size: Int64(status.st_size))
    case S_IFDIR: return resolved == full ? nil : BundleEntry(path: path, kind: .linkToFolder, size: 0)
    default: return BundleEntry(path: path, kind: .special, size: 0)
    }
  }

  /// The source of a Lua file in the folder; nil where there is none. Throws `ScriptFailure` for one that leads out of the folder, and
  /// for what is no script.
  public func source(_ path: String) throws(ScriptFailure) -> [UInt8]? {
    guard let entry = entry(path) else { return nil }
    guard entry.kind == .file else {
      throw ScriptFailure("module-outside", "\(DraftValue.quoted(path)) lies outside the script's folder", file: path)
    }
    return try ScriptFile.readBytes("\(root)/\(path)")
  }

  private static func resolve(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
