import Glibc

/// Which files below a folder are of no interest: the defaults, and the patterns of its `.apoluneignore`.
///
/// A pattern matches like a line of `.gitignore`: without a slash, a name at any depth; with one, a path from the
/// folder; with one at its end, a folder and what is in it; `!` takes back what an earlier pattern ignored.
public struct IgnoreRules: Sendable, Hashable {
  /// Name of the file that holds a folder's own patterns.
  public static let fileName = ".apoluneignore"
  /// A longer file is cut.
  static let fileBytesMax = 64 * 1024

  /// What editors, version control and Python leave beside files. vim tries whether it can write with a file `4913`.
  public static let defaults = [
    ".git/", ".hg/", ".svn/", "__pycache__/", "node_modules/", ".venv/", "*.swp", "*.swo", "*.swx", "4913", "*~", ".#*",
    "#*#", "*.tmp", "*.pyc", ".DS_Store", ".goutputstream-*", "___jb_*",
  ]

  private struct Rule: Sendable, Hashable {
    var pattern: String
    var isFolder: Bool
    var isPath: Bool
    var takesBack: Bool
  }

  private var rules: [Rule] = []

  /// `patterns` come after the defaults, and so may take them back.
  public init(patterns: [String] = []) {
    // `#*#` would be a comment in a file; here it is a pattern.
    rules = Self.defaults.map(Self.rule) + patterns.compactMap(Self.line)
  }

  /// The rules of `folder`; a folder without a readable file of patterns has the defaults.
  public init(folder: String) {
    self.init(patterns: Self.read(folder + "/" + Self.fileName).split(separator: "\n").map(String.init))
  }

  /// `path` is relative to the folder. The last pattern that matches decides.
  public func ignores(_ path: String) -> Bool {
    let parts = path.split(separator: "/").map(String.init)
    return rules.last { Self.matches($0, parts) }.map { !$0.takesBack } ?? false
  }

  private static func line(_ text: String) -> Rule? {
    var line = text[...]
    while let last = line.last, last.isWhitespace { line.removeLast() }
    guard !line.isEmpty, !line.hasPrefix("#") else { return nil }
    return rule(String(line))
  }

  private static func rule(_ text: String) -> Rule {
    var pattern = text[...]
    let takesBack = pattern.hasPrefix("!")
    if takesBack { pattern.removeFirst() }
    let isFolder = pattern.hasSuffix("/")
    if isFolder { pattern.removeLast() }
    let isPath = pattern.contains("/")
    if pattern.hasPrefix("/") { pattern.removeFirst() }
    return Rule(pattern: String(pattern), isFolder: isFolder, isPath: isPath, takesBack: takesBack)
  }

  private static func matches(_ rule: Rule, _ parts: [String]) -> Bool {
    // A folder's rule looks at the folders only; any rule that matches a folder covers what is in it.
    let candidates = rule.isFolder ? parts.dropLast() : parts[...]
    guard rule.isPath else { return candidates.contains { fnmatch(rule.pattern, $0, 0) == 0 } }
    return candidates.indices.contains { index in
      fnmatch(rule.pattern, parts[...index].joined(separator: "/"), FNM_PATHNAME) == 0
    }
  }

  private static func read(_ path: String) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: fileBytesMax)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }
}
