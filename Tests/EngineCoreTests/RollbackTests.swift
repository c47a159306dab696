import AppModel
import Testing

@testable import EngineCore

@Suite struct RollbackTests {
  var story = Story()

  private mutating func setRevision(
    _ number: Int, _ strategy: Strategy = .rolling, auth: Auth? = nil
  ) throws {
    try story.input(.setRevision(Story.app, Story.id(number), strategy, auth: auth, warm: false))
  }

  private var auth: Auth? { story.appState.flatMap { app in app.active.map { app.auth(of: $0) } } }

  @Test mutating func goingBackRollsLikeADeploy() throws {
    for _ in 1...2 { try story.deploy(Story.revision { $0.scaling.minConcurrency = 1 }) }
    let old = try story.lastRunner().id
    try story.makeReady(old)
    try setRevision(1)
    #expect(story.appState?.alias == Story.id(2))
    #expect(story.appState?.revision(Story.id(1)).map { story.appState?.status(of: $0) } == .deploying)
    try story.makeReady(try story.lastRunner().id)
    #expect(story.appState?.alias == Story.id(1))
    #expect(story.appState?.runner(old)?.state.name == "DRAINING")
    #expect(story.rolloutEnds.last == .promoted)
  }

  @Test mutating func goingBackMayChangeWhoMayCall() throws {
    for _ in 1...2 { try story.deploy(Story.revision()) }
    try setRevision(1, .recreate, auth: .private)
    #expect(auth == .private)
    try story.deploy(Story.revision())
    #expect(auth == .public, "a deploy says itself who may call")
  }

  @Test mutating func settingTheActiveRevisionEndsARolloutUnderWay() throws {
    try story.deploy(Story.revision())
    try story.deploy(Story.revision(), .rolling)
    try setRevision(1, .recreate)
    #expect(story.rolloutEnds.last == .promoted)
    #expect(story.rolloutEnds.contains(.superseded(by: Story.id(1))))
    #expect(story.appState?.alias == Story.id(1))
    #expect(story.livingStates == ["TERMINATING"])
  }

  @Test mutating func askingTwiceJoinsTheRolloutThatGoesOn() throws {
    for _ in 1...2 { try story.deploy(Story.revision()) }
    try setRevision(1)
    let started = story.facts.count
    try setRevision(1)
    #expect(story.facts[started...].map(\.kind) == ["inputIgnored"])
  }

  @Test mutating func aCandidateIsNotHeldBackByWhatItsRevisionDidEarlier() throws {
    try story.deploy(Story.revision { $0.scaling.minConcurrency = 1 })
    for _ in 0..<3 {
      try story.makeReady(try story.lastRunner().id)
      try story.report(try story.lastRunner().id, .exited(.signalled(9)))
      if story.livingStates.isEmpty { break }
    }
    #expect(story.livingStates == [])
    try story.deploy(Story.revision(), resetsScaling: true)
    try setRevision(1)
    #expect(story.livingStates == ["PENDING"])
  }

  @Test mutating func whatTakesTrafficOrIsAboutToCannotBeDeleted() throws {
    for _ in 1...2 { try story.deploy(Story.revision()) }
    try story.deploy(Story.revision(), .rolling)
    for number in [2, 3] {
      #expect(throws: EngineRejection.revisionInUse(Story.app, Story.id(number))) {
        try story.input(.deleteRevision(Story.app, Story.id(number)))
      }
    }
    try story.input(.deleteRevision(Story.app, Story.id(1)))
    #expect(story.appState?.revision(Story.id(1)) == nil)
    #expect(throws: EngineRejection.unknownRevision(Story.app, Story.id(1))) { try setRevision(1) }
  }

  @Test mutating func aRevisionWithRunnersThatStillDrainIsNotDeleted() throws {
    try story.deploy(Story.revision { $0.scaling.minConcurrency = 1 })
    try story.makeAllReady()
    try story.deploy(Story.revision())
    #expect(throws: EngineRejection.revisionInUse(Story.app, Story.id(1))) {
      try story.input(.deleteRevision(Story.app, Story.id(1)))
    }
  }

  @Test mutating func aRevisionRemembersWhyItsRolloutFailedUntilOneGoesWell() throws {
    try story.deploy(Story.revision())
    try story.deploy(Story.revision(), .rolling)
    let failure = RunnerFailure(code: "setup-failed", message: "no")
    try story.start(try story.lastRunner().id)
    try story.report(try story.lastRunner().id, .failed(failure))
    let failed = try #require(story.appState?.revision(Story.id(2)))
    #expect(failed.rolloutFailure == failure)
    #expect(story.appState?.status(of: failed) == .failed)
    try setRevision(2, .recreate)
    #expect(story.appState?.revision(Story.id(2))?.rolloutFailure == nil)
  }
}
