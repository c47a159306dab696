import AppModel
import Providers
import TestKit
import Testing

/// What every provider keeps, run against each of them.
@Suite(.timeLimit(.minutes(1))) struct ProviderContractTests {
  enum Implementation: String, Sendable, CaseIterable {
    case local, keeping, simulated

    static let thatKeep: [Implementation] = [.keeping, .simulated]
  }

  /// A provider whose runners live until they are told to end.
  struct Setting {
    let provider: any Provider
    let log = ProviderLog()
    private let folder: TemporaryFolder

    init(_ implementation: Implementation) throws {
      let folder = try TemporaryFolder()
      let provider: any Provider =
        switch implementation {
        case .local: try folder.provider("exec sleep 1000")
        case .keeping: try folder.server()
        case .simulated: SimulatedProvider()
        }
      self.init(provider, folder)
    }

    private init(_ provider: any Provider, _ folder: TemporaryFolder) {
      self.provider = provider
      self.folder = folder
      provider.begin(events: log.handler)
    }

    /// The server that comes when this one is gone. A simulated provider outlives its servers.
    func successor() throws -> Setting {
      Setting(provider is LocalProvider ? try folder.server() : provider, folder)
    }
  }

  static let machine = Machine(type: "S", cpu: 1, memory: .gigabytes(1))
  let first = RunnerInstance(id: "first", generation: 1)
  let second = RunnerInstance(id: "second", generation: 1)

  @Test(arguments: Implementation.allCases)
  func startingTwiceGivesTheSameAnswerAndOneRunner(_ implementation: Implementation) async throws {
    let setting = try Setting(implementation)
    setting.provider.start(RunnerStart(first, on: TemporaryFolder.node, machine: Self.machine))
    setting.provider.start(RunnerStart(first, on: TemporaryFolder.node, machine: Self.machine))
    let once = try await setting.log.started(first)
    let twice = try await setting.log.started(first)
    #expect(once == twice)
    await setting.provider.close()
  }

  @Test(arguments: Implementation.allCases)
  func runnersAreApart(_ implementation: Implementation) async throws {
    let setting = try Setting(implementation)
    setting.provider.start(RunnerStart(first, on: TemporaryFolder.node, machine: Self.machine))
    setting.provider.start(RunnerStart(second, on: TemporaryFolder.node, machine: Self.machine))
    let one = try await setting.log.started(first)
    let other = try await setting.log.started(second)
    #expect(one.pid != other.pid)
    #expect(one.socket != other.socket)
    setting.provider.kill(first)
    #expect(try await setting.log.exited(first) == .signalled(9))
    #expect(!setting.log.all.contains { if case .exited(second, _) = $0 { true } else { false } })
    await setting.provider.close()
    #expect(try await setting.log.exited(second) == .signalled(9))
  }

  @Test(arguments: Implementation.allCases)
  func stoppingEndsARunner(_ implementation: Implementation) async throws {
    let setting = try Setting(implementation)
    setting.provider.start(RunnerStart(first, on: TemporaryFolder.node, machine: Self.machine))
    setting.provider.stop(first)
    _ = try await setting.log.exited(first)
    await setting.provider.close()
  }

  @Test(arguments: Implementation.allCases)
  func anEndedRunnerIsNotStartedAgainByALateCommand(_ implementation: Implementation) async throws {
    let setting = try Setting(implementation)
    setting.provider.start(RunnerStart(first, on: TemporaryFolder.node, machine: Self.machine))
    setting.provider.kill(first)
    let end = try await setting.log.exited(first)
    setting.provider.start(RunnerStart(first, on: TemporaryFolder.node, machine: Self.machine))
    #expect(try await setting.log.exited(first) == end)
    setting.provider.stop(first)
    #expect(try await setting.log.exited(first) == end)
    await setting.provider.close()
  }

  @Test(arguments: Implementation.allCases)
  func stoppingBeforeTheStartCallsItOff(_ implementation: Implementation) async throws {
    let setting = try Setting(implementation)
    setting.provider.stop(first)
    #expect(try await setting.log.exited(first) == .unknown)
    setting.provider.start(RunnerStart(first, on: TemporaryFolder.node, machine: Self.machine))
    #expect(try await setting.log.exited(first) == .unknown)
    await setting.provider.close()
  }

  @Test(arguments: Implementation.allCases)
  func theNextGenerationStartsOnlyOnceTheFormerHasEnded(_ implementation: Implementation) async throws {
    let setting = try Setting(implementation)
    let next = RunnerInstance(id: first.id, generation: 2)
    setting.provider.start(RunnerStart(first, on: TemporaryFolder.node, machine: Self.machine))
    setting.provider.start(RunnerStart(next, on: TemporaryFolder.node, machine: Self.machine))
    #expect(try await setting.log.notStarted(next).code == "still-running")
    setting.provider.kill(first)
    _ = try await setting.log.exited(first)
    setting.provider.start(RunnerStart(next, on: TemporaryFolder.node, machine: Self.machine))
    _ = try await setting.log.started(next)
    await setting.provider.close()
  }

  @Test(arguments: Implementation.allCases)
  func closingTwiceIsHarmlessAndNothingStartsAfterwards(_ implementation: Implementation) async throws {
    let setting = try Setting(implementation)
    await setting.provider.close()
    await setting.provider.close()
    setting.provider.start(RunnerStart(first, on: TemporaryFolder.node, machine: Self.machine))
    #expect(!setting.log.all.contains { if case .started = $0 { true } else { false } })
  }

  @Test(arguments: Implementation.allCases)
  func theNodesComeFirstAndThenWhatWasLeftRunning(_ implementation: Implementation) async throws {
    let setting = try Setting(implementation)
    setting.provider.start(RunnerStart(first, on: TemporaryFolder.node, machine: Self.machine))
    _ = try await setting.log.started(first)
    let events = setting.log.all
    guard case .nodes(let nodes) = events[0] else {
      Issue.record("\(events[0]) comes first")
      return
    }
    #expect(nodes.count == 1 && nodes[0].cpu > 0 && nodes[0].memory.bytes > 0)
    #expect(events[1] == .inventory([]))
    await setting.provider.close()
  }

  @Test(arguments: Implementation.thatKeep)
  func runnersOutliveTheirServerAndAreTheSuccessors(_ implementation: Implementation) async throws {
    let setting = try Setting(implementation)
    let again = RunnerInstance(id: second.id, generation: 7)
    setting.provider.start(RunnerStart(first, on: TemporaryFolder.node, machine: Self.machine))
    setting.provider.start(RunnerStart(again, on: TemporaryFolder.node, machine: Self.machine))
    let one = try await setting.log.started(first)
    let other = try await setting.log.started(again)
    await setting.provider.leave()
    let successor = try setting.successor()
    let found = try await successor.log.inventory()
    #expect(
      found == [
        FoundRunner(instance: first, socket: one.socket, pid: one.pid),
        FoundRunner(instance: again, socket: other.socket, pid: other.pid),
      ])
    successor.provider.start(RunnerStart(first, on: TemporaryFolder.node, machine: Self.machine))
    #expect(try await successor.log.started(first) == one)
    successor.provider.kill(first)
    _ = try await successor.log.exited(first)
    await successor.provider.close()
    _ = try await successor.log.exited(again)
    #expect(!setting.log.all.contains { if case .exited = $0 { true } else { false } }, "it had left")
  }

  @Test(arguments: Implementation.thatKeep)
  func leavingTwiceIsHarmlessAndNothingStartsAfterwards(_ implementation: Implementation) async throws {
    let setting = try Setting(implementation)
    await setting.provider.leave()
    await setting.provider.leave()
    setting.provider.start(RunnerStart(first, on: TemporaryFolder.node, machine: Self.machine))
    #expect(!setting.log.all.contains { if case .started = $0 { true } else { false } })
    await setting.provider.close()
  }

  @Test(arguments: Implementation.allCases)
  func whatIsEnforcedIsToldForEveryResource(_ implementation: Implementation) async throws {
    let setting = try Setting(implementation)
    let lines = setting.provider.enforcement(for: Self.machine).lines
    await setting.provider.close()
    #expect(lines.map(\.resource) == ["CPU", "memory"])
    #expect(lines.allSatisfy { !$0.explanation.isEmpty })
  }
}
