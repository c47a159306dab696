import Lua

extension ScriptLibraries {
  /// `files.read(path)`, `write(path, bytes)`, `list(path)`, `exists(path)`.
  func installFiles() throws {
    try library(
      "files",
      [
        (
          "read",
          { [unowned self] call in
            let path = try call.string(1)
            return try call.returns(try named("files.read") { try tree().read(path) })
          }
        ),
        (
          "write",
          { [unowned self] call in
            let path = try call.string(1)
            _ = try running("files.write")
            try call.withBytes(2) { bytes in try named("files.write") { try tree().write(path, bytes) } }
            return call.returns()
          }
        ),
        (
          "list",
          { [unowned self] call in
            let path = call.isNone(1) ? "." : try call.string(1)
            let names = try named("files.list") { try tree().list(path) }
            let table = try state.table()
            for (index, name) in names.enumerated() { try table.set(index + 1, name) }
            return try call.returns(table)
          }
        ),
        (
          "exists",
          { [unowned self] call in
            let path = try call.string(1)
            return try call.returns(try named("files.exists") { try tree().exists(path) })
          }
        ),
      ])
  }

  private func tree() throws -> FileTree {
    guard let files else { throw LibraryError.unavailable("there are no files here") }
    return files
  }

  /// Puts the function's name before what went wrong.
  private func named<Result>(_ name: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as FileError {
      throw LibraryError.invalid("\(name): \(error)")
    }
  }
}
