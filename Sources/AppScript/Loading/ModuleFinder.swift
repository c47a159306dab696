/// Finds what `require "lib.count"` names: Lua files below the script's folder, and nothing else.
final class ModuleFinder {
  /// A script with more modules than this is refused.
  static let modulesMax = 1000

  private let files: SourceFiles
  private let read: (String) throws -> [UInt8]?
  /// Paths that were found, relative to the folder.
  private(set) var found: Set<String> = []

  /// `read` answers nil for a file that is not there.
  init(files: SourceFiles, read: @escaping (String) throws -> [UInt8]?) {
    self.files = files
    self.read = read
  }

  /// The source of a module and the name that Lua gets for it; nil where there is none.
  func find(_ name: String) throws -> (source: [UInt8], chunk: String)? {
    for path in try Self.paths(name) {
      guard let source = try read(path) else { continue }
      guard found.contains(path) || found.count < Self.modulesMax else {
        throw ScriptMistake("too-many-modules", "the script has more than \(Self.modulesMax) modules")
      }
      try ScriptFile.checkModule(source, path)
      found.insert(path)
      let text = SourceText.prepared(source)
      return (text, files.add(text, path: path))
    }
    return nil
  }

  private static func paths(_ name: String) throws -> [String] {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    let isLegal = parts.allSatisfy { part in
      !part.isEmpty
        && part.utf8.allSatisfy { Ascii.isLetter($0) || Ascii.isDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
    }
    guard isLegal, name.utf8.count <= 256 else {
      var fix = "a module is a Lua file beside the script, with dots for folders: require \"lib.count\""
      if name.hasSuffix(".lua") || name.contains("/") {
        let proposal = (name.hasSuffix(".lua") ? String(name.dropLast(4)) : name).split(separator: "/").filter { $0 != "." }
        fix = "write require \"\(proposal.joined(separator: "."))\""
      }
      throw ScriptMistake("bad-module-name", "\(DraftValue.quoted(name)) is not the name of a module", fix: fix)
    }
    let path = parts.joined(separator: "/")
    return ["\(path).lua", "\(path)/init.lua"]
  }

  /// Paths of all modules that the sources name, also of those that are only required while the app runs. Files that are not there,
  /// or are no Lua source, are left out: `require` itself will say so, if it ever comes to it.
  func allModules() -> [String] {
    var wanted = files.files.values.flatMap(\.scanner.modules)
    var seen: Set<String> = []
    while let name = wanted.popLast(), seen.count < Self.modulesMax {
      guard seen.insert(name).inserted, let module = try? find(name) else { continue }
      wanted += files.files[module.chunk]?.scanner.modules ?? []
    }
    return found.sorted()
  }
}
