import Foundation
import Glibc

/// A program that a test starts, with its outputs in files.
///
/// Foundation's `Process` is no help here: its pipes leak into programs that other tests start at the same time, so that
/// their end is never seen.
final class ChildProgram {
  private let folder: String
  private let pid: pid_t
  private var status: Int32?

  init(_ arguments: [String], in folder: String) throws {
    self.folder = folder
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (fd, name) in [(1, "output"), (2, "errors")] as [(Int32, String)] {
      posix_spawn_file_actions_addopen(&actions, fd, "\(folder)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    }
    let words = arguments.map { strdup($0) } + [nil]
    defer { words.forEach { free($0) } }
    var pid: pid_t = 0
    let code = posix_spawnp(&pid, arguments[0], &actions, nil, words, environ)
    guard code == 0 else { throw TestRunner.Failure.cannotStart(code) }
    self.pid = pid
  }

  deinit {
    guard status == nil else { return }
    kill(pid, SIGKILL)
    waitpid(pid, nil, 0)
  }

  var output: String { (try? String(contentsOfFile: folder + "/output", encoding: .utf8)) ?? "" }
  var errors: String { (try? String(contentsOfFile: folder + "/errors", encoding: .utf8)) ?? "" }

  func waitForExit(seconds: Double = 20) throws -> ExitStatus {
    let deadline = Date().addingTimeInterval(seconds)
    var raw: Int32 = 0
    while Date() < deadline {
      if waitpid(pid, &raw, WNOHANG) == pid {
        status = raw
        return ExitStatus(raw)
      }
      usleep(2000)
    }
    throw TestRunner.Failure.stillRunning
  }

  /// The first line that it prints.
  func firstLine(seconds: Double = 20) throws -> String {
    let deadline = Date().addingTimeInterval(seconds)
    while Date() < deadline {
      if let end = output.firstIndex(of: "\n") { return String(output[..<end]) }
      usleep(5000)
    }
    throw TestRunner.Failure.silent(waitingFor: "a line", logs: [errors])
  }
}
