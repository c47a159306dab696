import Foundation
import Planning
import Providers

/// A folder of one test.
final class TemporaryFolder {
  static let node = NodeID("here")

  let path: String

  init() throws {
    path = "/tmp/apolune-test-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  /// A provider whose runners run `script` by the shell, with `serve` as `$1`.
  ///
  /// The shell reads it as a file: to run it as a program would now and then fail as "text file busy", since processes
  /// that other tests start at that moment still have it open for writing.
  func provider(_ script: String) throws -> LocalProvider {
    let file = "\(path)/runner-\(UUID().uuidString.prefix(8))"
    try script.write(toFile: file, atomically: true, encoding: .utf8)
    return try LocalProvider(executable: "/bin/sh", arguments: [file, "serve"], keeping: .nothing(base: "\(path)/base"))
  }

  /// A provider that keeps its runners, as a server has one.
  func server(_ script: String = "exec sleep 1000") throws -> LocalProvider {
    // A file for each: a runner of the former server may not have begun to read its own yet.
    let file = "\(path)/runner-\(UUID().uuidString.prefix(8))"
    try script.write(toFile: file, atomically: true, encoding: .utf8)
    return try LocalProvider(executable: "/bin/sh", arguments: [file, "serve"], keeping: keeping)
  }

  /// Of this test alone: cgroups of that name are all machine's.
  let serverName = "server-\(UUID().uuidString.prefix(8))"

  var keeping: Keeping { .runners(name: serverName, base: "\(path)/base") }

  var runFolders: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/base")) ?? []
    return names.filter { $0.hasPrefix("run-") }
  }

  /// Whether the process runs; one that nobody has collected yet does not.
  static func isAlive(_ pid: Int32) -> Bool {
    guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return false }
    return !status.contains(") Z ")
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
