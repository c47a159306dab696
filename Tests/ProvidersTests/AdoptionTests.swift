import AppModel
import Foundation
import Glibc
import Testing

@testable import Providers
import Platform

/// Runners that outlive their server. For them a server that leaves is one that was killed: nothing is done for them.
@Suite(.timeLimit(.minutes(1))) struct AdoptionTests {
  let folder: TemporaryFolder
  let runner = RunnerInstance(id: "r1", generation: 3)

  init() throws { folder = try TemporaryFolder() }

  private func server(_ log: ProviderLog, _ script: String = "exec sleep 1000") throws -> LocalProvider {
    let provider = try folder.server(script)
    provider.begin(events: log.handler)
    return provider
  }

  private func start(_ provider: LocalProvider, _ instance: RunnerInstance, memory: ByteCount = .gigabytes(1)) {
    provider.start(
      RunnerStart(instance, on: TemporaryFolder.node, machine: Machine(type: "S", cpu: 1, memory: memory)))
  }

  /// Starts one runner on a server that then goes.
  private func leave(_ script: String = "exec sleep 1000", memory: ByteCount = .gigabytes(1)) async throws -> Int32 {
    let log = ProviderLog()
    let provider = try server(log, script)
    start(provider, runner, memory: memory)
    let pid = try await log.started(runner).pid
    await provider.leave()
    #expect(TemporaryFolder.isAlive(pid))
    return pid
  }

  @Test func whatTheKilledRunnerHadStartedAndItsGroupsGoWithIt() async throws {
    _ = try await leave("sleep 1000 & echo $! > child; exec sleep 1000")
    let log = ProviderLog()
    let successor = try server(log)
    let found = try #require(try await log.inventory().first)
    let child = try await Polling.until {
      Int32(
        (try? String(contentsOfFile: "\(successor.path)/runners/r1/child", encoding: .utf8))?
          .trimmingCharacters(in: .whitespacesAndNewlines) ?? "")
    }
    successor.kill(runner)
    #expect(try await log.exited(runner) == .unknown, "how it ended is told to its parent only, which is gone")
    try await Polling.until { TemporaryFolder.isAlive(found.pid) || TemporaryFolder.isAlive(child) ? nil : true }
    #expect(access("\(successor.path)/runners/r1", F_OK) != 0)
    await successor.close()
    for hierarchy in LimitTests.hierarchies { #expect(access("\(hierarchy.root)/apolune/\(folder.serverName)", F_OK) != 0) }
    #expect(access(successor.path, F_OK) != 0)
  }

  @Test func stoppingAnAdoptedRunnerAsksItToEnd() async throws {
    _ = try await leave("trap 'echo bye; exit 0' TERM; : >up; while :; do sleep 0.01; done")
    let log = ProviderLog()
    let successor = try server(log)
    try await Polling.until { access("\(successor.path)/runners/r1/up", F_OK) == 0 ? true : nil }
    successor.stop(runner)
    _ = try await log.exited(runner)
    #expect(log.lines == ["bye"])
    await successor.close()
  }

  @Test func aRunnerThatEndedMeanwhileIsNotListedAndNotStartedAgain() async throws {
    let pid = try await leave()
    kill(-pid, SIGKILL)
    try await Polling.until { TemporaryFolder.isAlive(pid) ? nil : true }
    let log = ProviderLog()
    let successor = try server(log)
    #expect(try await log.inventory() == [])
    start(successor, runner)
    #expect(try await log.exited(runner) == .unknown)
    #expect(access("\(successor.path)/runners/r1", F_OK) != 0)
    for hierarchy in LimitTests.hierarchies {
      let group = "\(hierarchy.root)/apolune/\(folder.serverName)/\(runner)"
      try await Polling.until { access(group, F_OK) == 0 ? nil : true }
    }
    await successor.close()
  }

  @Test func aRunnerThatPrintsALotNeitherDiesNorStopsWhileNobodyReads() async throws {
    let pid = try await leave("i=0; while :; do i=$((i+1)); echo \"line $i of a runner that talks\"; echo $i > count; done")
    let count = "\(folder.path)/base/\(folder.serverName)/runners/r1/count"
    // Far more than a pipe holds.
    try await Polling.until {
      (try? String(contentsOfFile: count, encoding: .utf8)).flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        .flatMap { $0 > 5_000 ? true : nil }
    }
    let log = ProviderLog()
    let successor = try server(log)
    #expect(try await log.inventory().map(\.pid) == [pid])
    let line = try await log.next { if case .output(runner, let line) = $0 { line } else { nil } }
    #expect(line.contains("of a runner that talks"))
    await successor.close()
  }

  @Test func onlyOneServerHasTheRunners() async throws {
    let log = ProviderLog()
    let living = try server(log)
    let failure = #expect(throws: ProviderFailure.self) { try folder.server() }
    #expect(failure?.code == "folder-in-use")
    await living.close()
  }

  @Test func anEphemeralHostLeavesTheRunnersOfAServerThatIsGoneAlone() async throws {
    let pid = try await leave()
    let ephemeral = try folder.provider("exit 0")
    await ephemeral.close()
    #expect(TemporaryFolder.isAlive(pid))
    let log = ProviderLog()
    let successor = try server(log)
    #expect(try await log.inventory().map(\.pid) == [pid])
    await successor.close()
    #expect(!TemporaryFolder.isAlive(pid))
  }

  @Test(.enabled(if: LimitTests.canLimit)) func anAdoptedRunnerThatRunsOutOfMemoryIsToldSo() async throws {
    let limit = ByteCount.megabytes(64)
    _ = try await leave("while ! [ -e go ]; do sleep 0.01; done; exec tail /dev/zero", memory: limit)
    let log = ProviderLog()
    let successor = try server(log)
    try #require(try await log.inventory().map(\.instance) == [runner])
    try "".write(toFile: "\(successor.path)/runners/r1/go", atomically: true, encoding: .utf8)
    #expect(try await log.exited(runner) == .outOfMemory(machine: "S", limit: limit))
    await successor.close()
  }

  @Test(arguments: ["", "1 2 boot", "nonsense\nmore\n", "99999999 1 x\n1 5\n", "4 1 x\n0 5 S\n"])
  func aRecordThatMakesNoSenseIsClearedAway(_ record: String) async throws {
    _ = try await leave()
    let place = "\(folder.path)/base/\(folder.serverName)/runners"
    try FileManager.default.createDirectory(atPath: "\(place)/r2", withIntermediateDirectories: true)
    try record.write(toFile: "\(place)/r2/process", atomically: true, encoding: .utf8)
    let log = ProviderLog()
    let successor = try server(log)
    #expect(try await log.inventory().map(\.instance) == [runner])
    #expect(access("\(place)/r2", F_OK) != 0)
    await successor.close()
  }

  @Test func aProcessThatMerelyHasThePidOfARunnerIsNeitherAdoptedNorKilled() async throws {
    let pid = try await leave()
    let file = "\(folder.path)/base/\(folder.serverName)/runners/r1/process"
    var record = try #require(RunnerRecord(text: try SmallFile.read(file)))
    record.process.startTime += 1
    try SmallFile.write(record.text, to: file, create: true)
    // A cgroup's members are the server's own, so that this one has to be outside.
    for hierarchy in LimitTests.hierarchies { try SmallFile.write("\(pid)", to: "\(hierarchy.root)/cgroup.procs") }
    let log = ProviderLog()
    let successor = try server(log)
    #expect(try await log.inventory() == [])
    #expect(TemporaryFolder.isAlive(pid))
    await successor.close()
    #expect(TemporaryFolder.isAlive(pid))
    kill(-pid, SIGKILL)
  }

  @Test func fiveHundredRunnersAreAdoptedWellWithinASecond() async throws {
    let log = ProviderLog()
    let provider = try LocalProvider(executable: "/bin/sleep", arguments: ["1000"], keeping: folder.keeping)
    provider.begin(events: log.handler)
    var pids: Set<Int32> = []
    for number in 0..<500 {
      let instance = RunnerInstance(id: "r\(number)", generation: 1)
      start(provider, instance)
      pids.insert(try await log.started(instance).pid)
    }
    await provider.leave()
    let again = ProviderLog()
    let clock = ContinuousClock.now
    let successor = try LocalProvider(executable: "/bin/sleep", arguments: ["1000"], keeping: folder.keeping)
    successor.begin(events: again.handler)
    let found = try await again.inventory()
    let elapsed = ContinuousClock.now - clock
    #expect(Set(found.map(\.pid)) == pids)
    print("adopted \(found.count) runners in \(elapsed)")
    #expect(elapsed < .seconds(1))
    await successor.close()
    #expect(pids.allSatisfy { !TemporaryFolder.isAlive($0) })
  }

  @Test(arguments: ["S", "GPU-RTX 4090", "two\nlines", ""])
  func aRecordIsReadAsItWasWritten(_ machine: String) throws {
    let process = try #require(ProcessRecord(pid: getpid()))
    let record = RunnerRecord(
      process: process, generation: 7, limit: MemoryLimit(machine: machine, memory: .gigabytes(1)))
    let read = try #require(RunnerRecord(text: record.text))
    #expect(read.process == process && read.generation == 7 && read.limit.memory == .gigabytes(1))
    #expect(read.limit.machine == ["": "?", "two\nlines": "two lines"][machine, default: machine])
    #expect(RunnerRecord(text: String(record.text.dropLast())) == nil, "it was cut short")
  }

  @Test(.enabled(if: LimitTests.canLimit)) func theGroupsOfAServerThatLeavesNothingBehindGoWithIt() async throws {
    let log = ProviderLog()
    let leaving = try server(log)
    _ = try await log.inventory()
    await leaving.leave()
    for hierarchy in LimitTests.hierarchies {
      #expect(access("\(hierarchy.root)/apolune/\(folder.serverName)", F_OK) != 0)
      // One that was killed.
      #expect(mkdir("\(hierarchy.root)/apolune/\(folder.serverName)-killed", 0o755) == 0)
    }
    await (try folder.provider("exit 0")).close()
    for hierarchy in LimitTests.hierarchies {
      #expect(access("\(hierarchy.root)/apolune/\(folder.serverName)-killed", F_OK) != 0)
    }
  }
}
