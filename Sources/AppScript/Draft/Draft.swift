/// What a script said, with positions: plain values that travel from the process that ran it to the one that judges it.
public struct Draft: Sendable, Hashable, Codable {
  /// The script, as positions name it.
  public var file: String
  public var apps: [DraftApp] = []
  public var machines: [DraftMachine] = []
  /// The operator's `server { … }`: one, if all is right.
  public var servers: [DraftServer] = []
  public var nodes: [DraftNode] = []
  /// Paths of the Lua files that `require` names, loaded or not, relative to the script's folder.
  public var modules: [String] = []
  /// File names in the source, as in `files.read("stopwords.json")`: they travel where they exist beside the script.
  public var literals: [String] = []
  /// False where the script stopped at an error: what is missing then is no mistake of its own.
  public var isComplete = true

  public init(file: String) { self.file = file }

  /// Whether this is the operator's file, and no script of apps.
  public var isConfiguration: Bool { apps.isEmpty && configurationMark != nil }

  /// Where the file first speaks as the operator's; nil where it never does.
  var configurationMark: SourceMark? { servers.first?.mark ?? nodes.first?.nameMark }
}

/// One `app "name" { … }`, with all that was said about it later.
public struct DraftApp: Sendable, Hashable, Codable {
  public var name: String
  public var nameMark: SourceMark
  /// The comment `--- …` above.
  public var summary: String?
  public var options: DraftValue
  public var endpoints: [DraftEndpoint] = []
  public var hooks: [DraftHook] = []

  public init(name: String, nameMark: SourceMark, options: DraftValue) {
    self.name = name
    self.nameMark = nameMark
    self.options = options
  }
}

/// One `app:endpoint(path, { … }, handler)`.
public struct DraftEndpoint: Sendable, Hashable, Codable {
  public var path: String
  public var pathMark: SourceMark
  public var options: DraftValue?
  /// Where the handler is defined.
  public var line: Int

  public init(path: String, pathMark: SourceMark, options: DraftValue?, line: Int) {
    self.path = path
    self.pathMark = pathMark
    self.options = options
    self.line = line
  }
}

/// One `function app.hook(…)`, whose name is known to be a hook's.
public struct DraftHook: Sendable, Hashable, Codable {
  public var name: String
  public var mark: SourceMark

  public init(name: String, mark: SourceMark) {
    self.name = name
    self.mark = mark
  }
}

/// One `machine "name" { … }`.
public struct DraftMachine: Sendable, Hashable, Codable {
  public var name: String
  public var nameMark: SourceMark
  public var options: DraftValue

  public init(name: String, nameMark: SourceMark, options: DraftValue) {
    self.name = name
    self.nameMark = nameMark
    self.options = options
  }
}

/// One `server { … }`.
public struct DraftServer: Sendable, Hashable, Codable {
  /// The word `server`.
  public var mark: SourceMark
  public var options: DraftValue

  public init(mark: SourceMark, options: DraftValue) {
    self.mark = mark
    self.options = options
  }
}

/// One `node "name" { … }`.
public struct DraftNode: Sendable, Hashable, Codable {
  public var name: String
  public var nameMark: SourceMark
  public var options: DraftValue

  public init(name: String, nameMark: SourceMark, options: DraftValue) {
    self.name = name
    self.nameMark = nameMark
    self.options = options
  }
}
