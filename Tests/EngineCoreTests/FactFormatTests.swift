import AppModel
import Foundation
import Planning
import Testing

@testable import EngineCore

/// What earlier versions wrote down has to stay readable: `facts.jsonl` is such a journal, with a fact of every kind. Lines
/// are added to it, and never changed.
@Suite struct FactFormatTests {
  static let app = AppID(owner: "ada", name: "words", environment: "staging")
  static let id = RunnerID("abcdefgh2345")
  static let failure = RunnerFailure(code: "setup-failed", message: "words.lua:3: boom")

  static var revision: Revision {
    var definition = AppDefinition(
      name: "words", program: .endpoints([Endpoint(path: "/", stream: true, line: 3)]),
      machines: [Machine(MachineType(name: "GPU-H100", cpu: 12, memory: .gigabytes(112), gpu: gpu), gpuCount: 2)])
    definition.scaling.minConcurrency = 1
    definition.timeouts.requestStart = InSeconds(wrappedValue: .seconds(4))
    let new = NewRevision(
      definition: definition, auth: .shared, bundle: BundleReference(hash: "0f", script: "words.lua"), message: "first",
      annotations: ["commit": "12ab"])
    return Revision(id: RevisionID("words-1"), new, createdAt: Moment(nanoseconds: 3))
  }

  static let gpu = MachineType.GPU(model: "H100", memory: .gigabytes(80))

  static var settings: SettingsChange {
    var settings = SettingsChange()
    settings.maxConcurrency = 4
    settings.keepAlive = InSeconds(wrappedValue: .seconds(5))
    settings.regions = ["lab"]
    return settings
  }

  static var changes: [Fact.Change] {
    let one = RevisionID("words-1"), two = RevisionID("words-2")
    let at = Moment(nanoseconds: 1_700_000_000_000_000_000)
    let place = Runner.Place(socket: "/run/a", pid: 7)
    let machine = Machine(type: "GPU-H100", cpu: 12, memory: .gigabytes(112), gpu: gpu, gpuCount: 1)
    return [
      .revisionAdded(revision), .revisionDeleted(one),
      .rolloutStarted(one, DeployOptions(strategy: .rolling, warm: true, resetsScaling: true), auth: .public),
      .rolloutStarted(one, DeployOptions(strategy: .recreate), auth: nil), .aliasMoved(to: one),
      .rolloutEnded(one, .promoted), .rolloutEnded(one, .failed(failure)), .rolloutEnded(one, .superseded(by: two)),
      .rolloutEnded(one, .removed), .settingsChanged(settings), .authChanged(.private), .authChanged(nil),
      .appRemoved(endBy: at), .appForgotten, .runnerRequested(id, one, .demand), .runnerRequested(id, one, .replacement),
      .runnerPlaced(id, Placement(node: NodeID("lab-1"), machine: machine, gpus: ["GPU-1"])),
      .runnerWaits(id, reason: "no node is there"), .runnerReplacing(id), .runnerStarted(id, place), .runnerAdopted(id),
      .runnerReady(id), .runnerLinkLost(id), .runnerProcessEnded(id, .exited(status: 1)),
      .runnerStartFailed(id, failure, failures: 2, retryAt: at),
      .runnerNotPlaced(id, failure, retryAt: at), .runnerBackedOff(id, until: at), .runnerRetried(id),
      .runnerCrashed(id, failure, crashes: 1, holdUntil: at), .runnerDraining(id, deadline: at),
      .runnerTerminating(id, killAt: at, retryAt: nil), .runnerTerminating(id, killAt: at, retryAt: at),
      .runnerEnded(id, .exited(status: 0)), .runnerEnded(id, .signalled(9)),
      .runnerEnded(id, .outOfMemory(machine: "S", limit: .gigabytes(1))),
      .runnerEnded(id, .unknown), .runnerEnded(id, .givenUp), .demandObserved(Demand(queued: 1, oldestQueuedSeconds: 0.5)),
      .nodesSeen([
        Node(
          id: NodeID("lab-1"), labels: ["region": "lab"], cpu: 64, memory: .gigabytes(256),
          gpus: [.init(id: "GPU-1", model: "NVIDIA H100 80GB HBM3", memory: .megabytes(81_559))])
      ]), .strayFound(id, generation: 3), .strayEnded(id), .inputIgnored,
    ]
  }

  @Test func whatEarlierVersionsWroteDownIsRead() throws {
    let file = try #require(Bundle.module.url(forResource: "facts", withExtension: "jsonl"))
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    let facts = try lines.map { try JSONDecoder().decode(Fact.self, from: Data($0.utf8)) }
    #expect(facts.map(\.change) == Self.changes)
    #expect(facts.allSatisfy { $0.app == Self.app && $0.at == Moment(nanoseconds: 5) })
    #expect(Set(facts.map(\.kind)).count == 31, "a fact of every kind is there")
  }

  @Test func aFactsKindIsItsNameInTheJournal() throws {
    for change in Self.changes {
      let json = try JSONEncoder().encode(change)
      let object = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
      #expect(object.keys.sorted() == [Fact(Self.app, at: Moment(nanoseconds: 5), change).kind])
    }
  }

  @Test func factsThatAreNotDurableAreNoPromises() {
    for change in Self.changes {
      let fact = Fact(Self.app, at: Moment(nanoseconds: 5), change)
      #expect(!fact.isPromise || fact.isDurable, "\(fact.kind)")
    }
  }

  /// The record for new kinds of facts: `APOLUNE_RECORD=1 swift test --filter FactFormatTests` prints all lines.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["APOLUNE_RECORD"] != nil))
  func theJournalOfToday() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    for change in Self.changes {
      print(String(decoding: try encoder.encode(Fact(Self.app, at: Moment(nanoseconds: 5), change)), as: UTF8.self))
    }
  }
}
