import AppModel
import Foundation
import CPlatform
import Glibc
import Planning
import Testing

@testable import Providers
import Platform

/// What cgroups hold a runner to; only where this machine lets us make some.
@Suite(.timeLimit(.minutes(1))) struct LimitTests {
  /// The hierarchies in which this process may make groups.
  static let hierarchies: [ControlGroups.Hierarchy] = {
    let groups = ControlGroups(run: "run-probe")
    groups.removeRun()
    return groups.hierarchies
  }()
  static let canLimit = Set(hierarchies.flatMap(\.resources)).count == 2

  let folder: TemporaryFolder
  let log = ProviderLog()
  let runner = RunnerInstance(id: "r1", generation: 1)

  init() throws { folder = try TemporaryFolder() }

  private func start(_ script: String, _ machine: Machine) throws -> LocalProvider {
    let provider = try folder.provider(script)
    provider.begin(events: log.handler)
    provider.start(RunnerStart(runner, on: TemporaryFolder.node, machine: machine))
    return provider
  }

  @Test(.enabled(if: canLimit)) func aRunnerThatUsesMoreMemoryThanItsTypeHasIsEndedAndToldSo() async throws {
    let limit = ByteCount.megabytes(16)
    let provider = try start("exec tail /dev/zero", Machine(type: "XS", cpu: 1, memory: limit))
    #expect(try await log.exited(runner) == .outOfMemory(machine: "XS", limit: limit))
    await provider.close()
  }

  @Test(.enabled(if: canLimit)) func aRunnerGetsTheCPUTimeOfItsType() async throws {
    // A tenth of a core: half a second of work takes far longer than half a second.
    let busy = "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; cut -d' ' -f14,15 /proc/$$/stat"
    let provider = try start(busy, Machine(type: "T", cpu: 0.05, memory: .megabytes(64)))
    let began = ContinuousClock.now
    _ = try await log.exited(runner)
    let ticks = log.lines[0].split(separator: " ").compactMap { Double($0) }.reduce(0, +)
    let used = Duration.seconds(ticks / Double(sysconf(Int32(_SC_CLK_TCK))))
    #expect(ContinuousClock.now - began > used * 4, "\(used) of CPU time in \(ContinuousClock.now - began)")
    await provider.close()
  }

  @Test(.enabled(if: canLimit)) func theGroupsOfARunnerGoWithIt() async throws {
    let provider = try start("exec sleep 1000", Machine(type: "S", cpu: 1, memory: .gigabytes(1)))
    let pid = try await log.started(runner).pid
    let groups = try SmallFile.read("/proc/\(pid)/cgroup")
    #expect(groups.split(separator: "\n").count { $0.contains("/apolune/") && $0.hasSuffix("/r1") } >= 1)
    let run = try #require(folder.runFolders.first)
    await provider.close()
    for hierarchy in Self.hierarchies {
      #expect(access("\(hierarchy.root)/apolune/\(run)", F_OK) != 0)
    }
  }

  @Test(.enabled(if: canLimit)) func whatLeavesItsSessionStillEndsWithItsRunner() async throws {
    let provider = try start(
      "setsid sleep 1000 & echo up; exec sleep 1000", .init(type: "S", cpu: 1, memory: .gigabytes(1)))
    let run = try #require(folder.runFolders.first)
    _ = try await log.next { if case .output = $0 { true } else { nil } }
    let memory = try #require(Self.hierarchies.first).root
    let members = try SmallFile.read("\(memory)/apolune/\(run)/r1/cgroup.procs").split(separator: "\n")
    #expect(members.count == 2, "the shell, by now another program, and its child")
    provider.kill(runner)
    _ = try await log.exited(runner)
    await provider.close()
    for member in members { #expect(!TemporaryFolder.isAlive(try #require(Int32(member)))) }
  }

  @Test func withoutCgroupsEachProcessHasItsDataLimited() throws {
    let machine = Machine(type: "XS", cpu: 1, memory: .megabytes(64))
    let limit = try #require(RunnerProgram.dataMax(of: machine))
    #expect(limit == machine.memory)
    let output = try OutputPipe.make(in: folder.path)
    defer {
      close(output.reading)
      close(output.writing)
    }
    let process = try RunnerProgram(path: "/bin/sh", arguments: ["-c", "ulimit -d"])
      .spawn(.init(folder: "/", listener: output.writing, output: output.writing, dataMax: limit))
    var status: Int32 = 0
    var signal: Int32 = 0
    platform_reap(process.pidfd, &status, &signal)
    close(process.pidfd)
    var buffer = [UInt8](repeating: 0, count: 64)
    let count = read(output.reading, &buffer, buffer.count)
    #expect(String(decoding: buffer.prefix(max(0, count)), as: UTF8.self) == "65536\n")
  }

  @Test func programsWithGPUsMapMoreThanTheyUse() {
    let gpu = MachineType.GPU(model: "A100", memory: .gigabytes(40))
    #expect(RunnerProgram.dataMax(of: Machine(type: "G", cpu: 1, memory: .gigabytes(1), gpu: gpu, gpuCount: 1)) == nil)
  }

  @Test func whatIsDoneForGPUsIsTold() throws {
    let gpu = MachineType.GPU(model: "Odd One", memory: .gigabytes(3))
    let machine = Machine(type: "G", cpu: 1, memory: .gigabytes(1), gpu: gpu, gpuCount: 2)
    for (gpus, isEnforced) in [([], false), ([Node.GPU(id: "0", model: "Odd One", memory: .gigabytes(3))], true)] {
      var settings = LocalNodeSettings()
      settings.gpus = gpus
      let provider = try LocalProvider(
        executable: "/bin/true", keeping: .nothing(base: "\(folder.path)/base"), settings: settings)
      let line = try #require(provider.enforcement(for: machine).lines.last)
      #expect(line.resource == "GPU" && line.amount == "2 × Odd One" && line.isEnforced == isEnforced)
      #expect(line.explanation.contains("CUDA_VISIBLE_DEVICES") == isEnforced)
    }
  }

  @Test func whereNoGroupCanBeMadeTheReasonIsTold() throws {
    let groups = ControlGroups(run: "run-x", mount: "\(folder.path)/nothing")
    #expect(groups.hierarchies == [])
    #expect(groups.obstacles[.memory]?.contains("No such file") == true)
    #expect(groups.obstacles[.cpu] != nil)
  }
}
