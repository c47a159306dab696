import Foundation
import Testing

/// The files of this checkout.
enum Repository {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  struct File: Sendable, CustomTestStringConvertible {
    /// Relative to the root, with `/` between its parts.
    var path: String
    var text: String
    var testDescription: String { path }

    /// The second part of the path: `Sources/Lua/…` belongs to `Lua`.
    var target: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
  }

  /// The files below `folders` whose names end in one of `endings`, sorted by path. Build products and what git ignores
  /// lie elsewhere.
  static func files(in folders: [String], endings: [String]) throws -> [File] {
    try folders.flatMap { folder in
      let base = root.appending(path: folder)
      let names = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String } ?? []
      let wanted = names.filter { name in
        !name.split(separator: "/").contains { $0.hasPrefix(".") } && endings.contains { name.hasSuffix($0) }
          && !isFolder(base.appending(path: name))
      }
      return try wanted.sorted().map { name in
        File(path: "\(folder)/\(name)", text: try String(contentsOf: base.appending(path: name), encoding: .utf8))
      }
    }
  }

  private static func isFolder(_ url: URL) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && isFolder.boolValue
  }

  static func folders(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path).sorted()
  }

  static func text(of path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }
}
