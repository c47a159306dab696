import AppModel
import Planning
import Testing

@testable import EngineCore

/// A server that comes back, against what it finds.
@Suite struct AdoptionTests {
  var story = Story()

  private mutating func deploy(_ count: Int = 1) throws -> [RunnerID] {
    try story.deploy(
      Story.revision {
        $0.scaling.minConcurrency = count; $0.scaling.maxConcurrency = 5
      })
    return story.appState?.runners.map(\.id) ?? []
  }

  /// The server dies and another one takes over, after a while.
  private mutating func restart(after pause: Duration = .seconds(5), finding found: [FoundInstance]) throws {
    story.state = EngineState(folding: story.facts.filter(\.isDurable))
    story.now = story.now + pause
    try story.input(.nodes([Story.roomy]))
    try story.input(.inventory(found))
  }

  private func found(_ runner: RunnerID, generation: Int = 1) -> FoundInstance {
    FoundInstance(id: runner, generation: generation, place: .init(socket: "/s/\(runner)", pid: 7))
  }

  @Test mutating func aRunnerThatIsFoundGoesOnAndIsAttachedAgain() throws {
    let runner = try deploy()[0]
    try story.makeReady(runner)
    try restart(after: .seconds(10_000), finding: [found(runner)])
    #expect(story.states == ["IDLE"])
    #expect(story.dueOfRunners == [.attach(runner, generation: 1, Story.id(1), socket: "/s/\(runner)")])
  }

  @Test mutating func keepAliveCountsFromTheAdoption() throws {
    try story.deploy(Story.revision())
    try story.demand(queued: 1)
    let runner = try story.runner(0).id
    try story.makeReady(runner)
    try restart(after: .seconds(10_000), finding: [found(runner)])
    #expect(story.states == ["IDLE"])
    try story.advance(by: .seconds(60))
    #expect(story.states == ["DRAINING"])
  }

  @Test mutating func aStartWhoseAnswerWasLostIsTakenOver() throws {
    let runner = try deploy()[0]
    try restart(finding: [found(runner)])
    #expect(story.states == ["SETUP"])
    #expect(try story.runner(0).place?.pid == 7)
  }

  @Test mutating func aStartThatWasNeverMadeIsToldAgain() throws {
    let runner = try deploy()[0]
    try restart(finding: [])
    #expect(story.states == ["PENDING"])
    #expect(story.dueOfRunners.contains { if case .start(runner, _, _, _) = $0 { true } else { false } })
  }

  @Test mutating func theStartupTimeoutDoesNotCountWhileNobodyListens() throws {
    let runner = try deploy()[0]
    try story.start(runner)
    try restart(after: .seconds(10_000), finding: [found(runner)])
    #expect(story.states == ["SETUP"])
    try story.report(runner, .ready)
    #expect(story.states == ["IDLE"])
  }

  @Test mutating func whatIsNotFoundIsLostAndReplaced() throws {
    let runners = try deploy(3)
    try story.makeReady(runners[0])
    try story.makeReady(runners[1])
    try story.demand([runners[1]: 1])
    try story.start(runners[2])
    try restart(finding: [])
    for runner in runners {
      #expect(story.appState?.runner(runner)?.failure?.code == "runner-lost")
      #expect(story.due.contains(.kill(runner, generation: 1)))
    }
    #expect(story.states.prefix(2) == ["TERMINATING", "TERMINATING"])
  }

  @Test mutating func whatNobodyKnowsIsKilledUntilItIsGone() throws {
    let runner = try deploy()[0]
    try story.makeReady(runner)
    let stray = RunnerID("stranger")
    try restart(finding: [found(runner), found(stray, generation: 4)])
    #expect(story.state.due(for: .none, at: story.now) == [.kill(stray, generation: 4)])
    try story.input(.runner(stray, generation: 4, .exited(.signalled(9))))
    #expect(story.state.due(for: .none, at: story.now) == [])
  }

  @Test mutating func whatBelongsToAnEarlierGenerationOrHasEndedIsAStray() throws {
    let runners = try deploy(2)
    try story.start(runners[0])
    try story.endStart(of: runners[0])
    try story.advance(by: .seconds(30))
    #expect(try story.runner(0).generation == 2)
    try story.start(runners[1])
    try story.endStart(of: runners[1])
    #expect(try story.runner(1).state.name == "CRASH_BACKOFF")
    try restart(finding: [found(runners[0]), found(runners[1])])
    #expect(story.state.strays == [runners[0]: 1, runners[1]: 1])
  }

  @Test mutating func aRolloutGoesOnUnderTheNextServer() throws {
    try story.deploy(Story.revision())
    try story.deploy(Story.revision(), .rolling)
    let candidate = try story.lastRunner().id
    try story.start(candidate)
    try restart(finding: [found(candidate)])
    #expect(story.appState?.rollout?.revision == Story.id(2))
    try story.report(candidate, .ready)
    #expect(story.appState?.alias == Story.id(2))
  }

  @Test mutating func aRolloutWhoseCandidateIsLostEndsAndSaysWhy() throws {
    try story.deploy(Story.revision())
    try story.deploy(Story.revision(), .rolling)
    try story.start(try story.lastRunner().id)
    try restart(finding: [])
    guard case .failed(let failure) = story.rolloutEnds.last else {
      Issue.record("the rollout is stuck")
      return
    }
    #expect(failure.code == "runner-lost")
  }
}
