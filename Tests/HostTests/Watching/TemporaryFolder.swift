import Glibc

/// A folder of its own for one test, removed with all its files at the end.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/apolune-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw TestFailure() }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { Self.remove(path) }

  func file(_ name: String) -> String { path + "/" + name }

  @discardableResult func write(_ text: String, to name: String) throws -> String {
    guard let file = fopen(file(name), "w") else { throw TestFailure() }
    fputs(text, file)
    fclose(file)
    return self.file(name)
  }

  func makeFolder(_ name: String) { mkdir(file(name), 0o755) }

  private static func remove(_ path: String) {
    if let folder = opendir(path) {
      while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != "." && name != ".." { remove(path + "/" + name) }
      }
      closedir(folder)
      rmdir(path)
    } else {
      unlink(path)
    }
  }
}

struct TestFailure: Error {}
