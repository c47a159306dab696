import EngineCore
import Glibc
import Testing

@testable import Store

/// Another process, this very program, that runs a test of its own, which writes until it is killed.
struct KilledWriter {
  static let folderVariable = "APOLUNE_KILLED_WRITER_FOLDER"
  /// The child's acknowledgements, eight bytes each.
  static let acknowledgements = "acknowledged"

  let pid: pid_t

  init(in folder: TemporaryFolder, test: String = "KilledWriterTests/aChildWritesUntilItIsKilled") throws {
    let arguments = [CommandLine.arguments[0], "--testing-library", "swift-testing", "--filter", test]
    var argv = arguments.map { strdup($0) } + [nil]
    var environment: [UnsafeMutablePointer<CChar>?] = [strdup("\(Self.folderVariable)=\(folder.path)")]
    var variable = environ
    while let entry = variable.pointee {
      environment.append(strdup(entry))
      variable += 1
    }
    environment.append(nil)
    defer { for pointer in argv + environment { free(pointer) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor in 0...2 as ClosedRange<Int32> {
      posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
    }
    var pid: pid_t = 0
    try #require(posix_spawn(&pid, "/proc/self/exe", &actions, nil, &argv, &environment) == 0)
    self.pid = pid
  }

  func kill() {
    Glibc.kill(pid, SIGKILL)
    var status: Int32 = 0
    waitpid(pid, &status, 0)
  }

  var hasEnded: Bool {
    var status: Int32 = 0
    return waitpid(pid, &status, WNOHANG) != 0
  }
}
