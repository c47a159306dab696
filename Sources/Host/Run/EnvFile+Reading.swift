import FoundationEssentials
import Glibc
import Platform

extension EnvFile {
  /// Reads and parses a file.
  ///
  /// - Throws: `Problem` for what it says, `SystemError` when it cannot be read.
  public init(reading path: String) throws {
    guard access(path, R_OK) == 0 else { throw SystemError("open", errno) }
    let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    guard size <= Self.bytesMax else {
      throw Problem(line: 1, message: "the file is larger than \(Self.bytesMax) bytes")
    }
    let data = try Data(contentsOf: URL(filePath: path))
    try self.init(parsing: String(decoding: data, as: UTF8.self))
  }
}
