public import AppModel

/// The files that an app asks for: names that are taken where they exist, and patterns.
public struct BundleRequest: Sendable, Hashable {
  public struct Wanted: Sendable, Hashable {
    public var pattern: PathPattern
    public var mark: SourceMark?
    /// Whether it is a fault if nothing matches: for `files`, but not for a text that merely looks like a file's name.
    public var isExpected: Bool
  }

  /// Exact paths, relative to the script's folder.
  public var names: Set<String> = []
  public var patterns: [Wanted] = []
  public var ignored: [String]

  /// `script` is the script's own name in its folder.
  public init(script: String, draft: Draft, definition: AppDefinition) {
    ignored = BundleManifest.ignoredAlways + definition.filesIgnored
    names.insert(script)
    names.formUnion(draft.modules)
    for literal in draft.literals {
      guard let path = Self.inside(literal) else { continue }
      names.insert(path)
      // `files.list("words")` names a folder: what is in it comes along.
      patterns.append(Wanted(pattern: PathPattern(path), mark: nil, isExpected: false))
    }
    if case .command(let words) = definition.program { names.formUnion(words.compactMap(Self.inside)) }
    let marks = Self.marks(draft, definition)
    for text in definition.files {
      patterns.append(Wanted(pattern: PathPattern(text), mark: marks[text], isExpected: true))
    }
  }

  /// The path without `./`; nil for one that leads out of the folder, is absolute, or is no path at all.
  private static func inside(_ text: String) -> String? {
    let parts = text.split(separator: "/").filter { $0 != "." }
    guard !text.hasPrefix("/"), !parts.isEmpty, !parts.contains(".."), text.utf8.count <= 1024, !text.utf8.contains(0) else {
      return nil
    }
    return parts.joined(separator: "/")
  }

  private static func marks(_ draft: Draft, _ definition: AppDefinition) -> [String: SourceMark] {
    guard let app = draft.apps.first(where: { $0.name == definition.name }),
      case .table(_, let fields) = app.options.content,
      case .table(let items, _)? = fields.first(where: { $0.key == "files" })?.value.content
    else { return [:] }
    var marks: [String: SourceMark] = [:]
    for item in items {
      if case .text(let text) = item.content { marks[text] = item.mark }
    }
    return marks
  }
}
