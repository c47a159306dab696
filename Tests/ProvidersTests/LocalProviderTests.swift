import AppModel
import Foundation
import Glibc
import Testing

@testable import Providers

@Suite(.timeLimit(.minutes(1))) struct LocalProviderTests {
  let folder: TemporaryFolder
  let log = ProviderLog()
  let runner = RunnerInstance(id: "r1", generation: 1)

  init() throws { folder = try TemporaryFolder() }

  private func provider(_ script: String) throws -> LocalProvider {
    let provider = try folder.provider(script)
    provider.begin(events: log.handler)
    return provider
  }

  private func start(_ provider: LocalProvider, memory: ByteCount = .gigabytes(1), cpu: Double = 1) {
    provider.start(RunnerStart(runner, on: TemporaryFolder.node, machine: Machine(type: "S", cpu: cpu, memory: memory)))
  }

  /// Runs a script to its end and gives what it printed.
  private func lines(of script: String) async throws -> [String] {
    let provider = try provider(script)
    start(provider)
    _ = try await log.exited(runner)
    await provider.close()
    return log.lines
  }

  @Test func aRunnerHasFourDescriptorsAndTheFourthListens() async throws {
    let lines = try await lines(of: "ls /proc/$$/fd; readlink /proc/$$/fd/0; readlink /proc/$$/fd/3 | cut -c1-7")
    // The shell reads its script through descriptor 10.
    #expect(lines.filter { $0 != "10" } == ["0", "1", "2", "3", "/dev/null", "socket:"])
  }

  @Test(arguments: [[String](), ["GPU-1"], ["GPU-1", "GPU-2"]])
  func aRunnerSeesItsOwnGPUsAndNoOthers(_ gpus: [String]) async throws {
    let provider = try provider("echo \"<$CUDA_VISIBLE_DEVICES>\"; env | grep -c _VISIBLE_DEVICES=")
    provider.start(
      RunnerStart(
        runner, on: TemporaryFolder.node, machine: Machine(type: "G", cpu: 1, memory: .gigabytes(1)), gpus: gpus))
    _ = try await log.exited(runner)
    await provider.close()
    #expect(log.lines == ["<\(gpus.joined(separator: ","))>", "2"], "empty is not the same as absent")
  }

  @Test func aRunnerSeesNothingOfTheHostsEnvironmentButFourVariables() async throws {
    setenv("APOLUNE_TEST_SECRET", "hidden", 1)
    let names = try await lines(of: "env").map { String($0.prefix { $0 != "=" }) }
    // The shell adds the last two itself.
    let allowed = ["PATH", "HOME", "LANG", "TZ", "PWD", "_"] + RunnerProgram.gpuVariables
    #expect(Set(names).subtracting(allowed) == [])
    #expect(names.contains("PATH"))
  }

  @Test func aRunnerIsASessionOfItsOwnWithoutCoreDumps() async throws {
    let lines = try await lines(
      of: "cut -d' ' -f1,5,6 /proc/$$/stat; umask; ulimit -c; cat /proc/$$/oom_score_adj; pwd; echo $1")
    let ids = lines[0].split(separator: " ")
    #expect(Set(ids).count == 1, "pid, group and session are one: \(ids)")
    #expect(lines[1] == "0077")
    #expect(lines[2] == "0")
    #expect(lines[3] == "500")
    #expect(lines[4].hasSuffix("/runners/r1"))
    #expect(lines[5] == "serve")
  }

  @Test func signalsThatTheHostBlocksAreOpenInARunner() async throws {
    let lines = try await lines(of: "exec grep -E 'SigBlk|SigIgn' /proc/self/status")
    #expect(lines.map(\.count) == [24, 24])
    for line in lines {
      // Signals from 32 on are the C library's own.
      let signals = try #require(UInt64(line.suffix(16), radix: 16)) & 0x7FFF_FFFF
      #expect(signals == 0, "\(line)")
    }
  }

  @Test func theHostCanConnectAtOnce() async throws {
    let provider = try provider("exec sleep 1000")
    start(provider)
    let socketPath = try await log.started(runner).socket
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    _ = withUnsafeMutableBytes(of: &address.sun_path) { raw in
      socketPath.utf8.enumerated().map { raw[$0.offset] = $0.element }
    }
    let fd = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(fd, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    #expect(result == 0)
    close(fd)
    await provider.close()
  }

  @Test(arguments: [("exit 0", RunnerEnd.exited(status: 0)), ("exit 7", .exited(status: 7)), ("kill -11 $$", .signalled(11))])
  func theEndOfARunnerIsTold(_ script: String, _ end: RunnerEnd) async throws {
    let provider = try provider(script)
    start(provider)
    #expect(try await log.exited(runner) == end)
    await provider.close()
  }

  @Test func outputIsToldInWholeLinesBeforeTheEnd() async throws {
    let lines = try await lines(of: "printf 'one\\ntwo\\r\\n\\nlast'; echo >&2; printf 'bytes \\377'")
    #expect(lines == ["one", "two", "", "last", "bytes \u{FFFD}"])
    guard case .exited? = log.all.last else {
      Issue.record("something comes after the end")
      return
    }
  }

  @Test func aLineWithoutEndIsToldInPieces() async throws {
    let lines = try await lines(of: "head -c 20000 /dev/zero | tr '\\0' x")
    #expect(lines.map(\.utf8.count) == [8192, 8192, 3616])
  }

  @Test func whatARunnerStartedEndsWithIt() async throws {
    let provider = try provider("sleep 1000 & echo $!; wait $!")
    start(provider)
    let child = try await log.next { if case .output(_, let line) = $0 { Int32(line) } else { nil } }
    provider.kill(runner)
    #expect(try await log.exited(runner) == .signalled(9))
    await provider.close()
    #expect(!TemporaryFolder.isAlive(child))
  }

  @Test func whatARunnerStartedEndsWithItEvenWhenItEndsByItself() async throws {
    let provider = try provider("sleep 1000 & echo $!; exit 3")
    start(provider)
    let child = try await log.next { if case .output(_, let line) = $0 { Int32(line) } else { nil } }
    #expect(try await log.exited(runner) == .exited(status: 3))
    await provider.close()
    #expect(!TemporaryFolder.isAlive(child))
  }

  @Test func nothingIsLeftAfterClosing() async throws {
    let provider = try provider("exec sleep 1000")
    start(provider)
    let pid = try await log.started(runner).pid
    #expect(access("\(provider.path)/runners/r1/socket", F_OK) == 0)
    var info = stat()
    #expect(stat(provider.path, &info) == 0 && info.st_mode & 0o777 == 0o700)
    await provider.close()
    #expect(!TemporaryFolder.isAlive(pid))
    #expect(folder.runFolders == [])
  }

  @Test func aProgramThatCannotRunIsRefusedWithTheReason() async throws {
    #expect(throws: ProviderFailure.self) {
      try LocalProvider(executable: "/no/such/program", keeping: .nothing(base: "\(folder.path)/base"))
    }
    // A folder has the mark of a program, and is none.
    let provider = try LocalProvider(executable: "/usr", keeping: .nothing(base: "\(folder.path)/base"))
    provider.begin(events: log.handler)
    start(provider)
    let failure = try await log.notStarted(runner)
    #expect(failure.code == "spawn-failed")
    #expect(failure.message.contains("Permission denied"))
    await provider.close()
  }

  @Test(arguments: ["", "../x", "a/b", "a b", String(repeating: "x", count: 41)])
  func anIdThatCannotNameAFolderIsRefused(_ id: String) async throws {
    let provider = try provider("exit 0")
    let instance = RunnerInstance(id: id, generation: 1)
    provider.start(RunnerStart(instance, on: TemporaryFolder.node, machine: Machine(type: "S", cpu: 1, memory: .gigabytes(1))))
    #expect(try await log.notStarted(instance).code == "bad-id")
    await provider.close()
  }
}
