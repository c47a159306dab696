import CPlatform
import Foundation
import Glibc
import Testing

@testable import Providers

/// What a host that was killed left behind.
@Suite(.timeLimit(.minutes(1))) struct SweepTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A run folder as a killed host leaves it, with one runner whose record says `record`.
  private func leaveRun(_ record: String) throws {
    let runner = "\(folder.path)/base/run-1-1/runners/r1"
    try FileManager.default.createDirectory(atPath: runner, withIntermediateDirectories: true)
    try record.write(toFile: "\(runner)/process", atomically: true, encoding: .utf8)
    chmod("\(folder.path)/base", 0o700)
  }

  /// A runner's process, without a provider that watches it.
  private func sleeper() throws -> RunnerProgram.Started {
    let null = open("/dev/null", O_RDWR)
    defer { close(null) }
    return try RunnerProgram(path: "/bin/sleep", arguments: ["1000"])
      .spawn(.init(folder: "/", listener: null, output: null))
  }

  /// Waits for the end, which has to be on its way, and gives the signal that caused it.
  private func signal(of process: RunnerProgram.Started) -> Int32 {
    var status: Int32 = 0
    var signal: Int32 = 0
    platform_reap(process.pidfd, &status, &signal)
    close(process.pidfd)
    return signal
  }

  private func openProvider() async throws {
    let provider = try folder.provider("exit 0")
    await provider.close()
  }

  @Test func aRunnerThatOutlivedItsHostIsKilledByTheNext() async throws {
    let process = try sleeper()
    let record = try #require(ProcessRecord(pid: process.pid))
    try leaveRun(record.text)
    try await openProvider()
    #expect(signal(of: process) == SIGKILL)
    #expect(folder.runFolders == [])
  }

  @Test func aProcessThatMerelyHasThePidOfARunnerIsLeftAlone() async throws {
    let process = try sleeper()
    var record = try #require(ProcessRecord(pid: process.pid))
    record.startTime += 1
    try leaveRun(record.text)
    try await openProvider()
    #expect(folder.runFolders == [])
    kill(process.pid, SIGUSR1)
    #expect(signal(of: process) == SIGUSR1, "it was there to be ended by us")
  }

  @Test(arguments: ["", "1 2 boot", "-5 1 x", "nonsense", "99999999 1 x", "1 2"])
  func aRecordThatMakesNoSenseKillsNobody(_ record: String) async throws {
    try leaveRun(record)
    try await openProvider()
    #expect(folder.runFolders == [])
  }

  @Test func theFolderOfALivingHostIsLeftAlone() async throws {
    let living = try folder.provider("exec sleep 1000")
    try await openProvider()
    #expect(folder.runFolders.count == 1)
    await living.close()
    #expect(folder.runFolders == [])
  }

  @Test func aFolderThatIsALinkIsRefused() throws {
    symlink("/tmp", "\(folder.path)/base")
    let failure = #expect(throws: ProviderFailure.self) {
      try LocalProvider(executable: "/bin/true", keeping: .nothing(base: "\(folder.path)/base"))
    }
    #expect(failure?.code == "folder-not-usable")
  }

  @Test func theStartTimeIsFoundBehindAnyName() {
    let rest = (3...21).map(String.init).joined(separator: " ")
    #expect(ProcessRecord.startTime(stat: "7 (a) b) (c) \(rest) 4242 0 0") == 4242)
    #expect(ProcessRecord.startTime(stat: "7 (sleep) S 1") == nil)
  }
}
