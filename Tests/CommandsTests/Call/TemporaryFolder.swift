import FoundationEssentials
import Glibc

/// A folder of one test.
final class TemporaryFolder: Sendable {
  let path = "/tmp/apolune-call-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }

  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"))
    return "\(path)/\(name)"
  }
}
