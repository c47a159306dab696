import Glibc

/// Where a script lies: its folder, absolute and without links, and its name in it.
struct ScriptPlace: Sendable, Hashable {
  var folder: String
  var name: String
  /// The folder as it was given, to put before names: empty, or with a slash at its end.
  private var prefix: String

  /// `path` need not exist; then its folder is as it was given.
  init(_ path: String) {
    let slash = path.lastIndex(of: "/")
    let given = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    prefix = slash.map { String(path[...$0]) } ?? ""
    folder = given
    guard let resolved = realpath(given, nil) else { return }
    defer { free(resolved) }
    folder = String(cString: resolved)
  }

  /// Absolute path of the script.
  var path: String { folder == "/" ? "/" + name : folder + "/" + name }

  /// A file of the folder, named as the person named the script: `lib/count.lua` beside `Examples/words.lua` is
  /// `Examples/lib/count.lua`.
  func shown(_ file: String) -> String { file.hasPrefix("/") ? file : prefix + file }
}
