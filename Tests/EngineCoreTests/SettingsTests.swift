import AppModel
import Planning
import Testing

@testable import EngineCore

@Suite struct SettingsTests {
  var story = Story()

  private var scaling: Scaling? {
    story.appState.flatMap { app in app.active.map { app.scaling(of: $0) } }
  }

  @Test mutating func aChangeHoldsWithoutANewRevision() throws {
    try story.deploy(Story.revision())
    try story.change { $0.minConcurrency = 2 }
    #expect(story.states == ["PENDING", "PENDING"])
    #expect(story.appState?.revisions.count == 1)
  }

  @Test mutating func aChangeLeavesWhatItDoesNotName() throws {
    try story.deploy(Story.revision())
    try story.change { $0.maxConcurrency = 7 }
    try story.change { $0.keepAlive = InSeconds(wrappedValue: .seconds(5)) }
    #expect(scaling?.maxConcurrency == 7)
    #expect(scaling?.keepAlive == .seconds(5))
  }

  @Test mutating func aDeployInheritsTheSettingsThatAreInForce() throws {
    try story.deploy(Story.revision { $0.scaling.maxConcurrency = 3 })
    try story.change { $0.maxConcurrency = 9 }
    try story.deploy(Story.revision { $0.scaling.maxConcurrency = 4 })
    #expect(scaling?.maxConcurrency == 9)
  }

  @Test mutating func aDeployInheritsWhatTheRevisionBeforeItSaid() throws {
    try story.deploy(Story.revision { $0.timeouts.request = .seconds(11) })
    try story.deploy(Story.revision { $0.timeouts.request = .seconds(22) })
    let app = try #require(story.appState)
    #expect(app.definition(of: try #require(app.active)).timeouts.request == .seconds(11))
  }

  @Test mutating func aDeployThatResetsTakesTheCodesSettings() throws {
    try story.deploy(Story.revision { $0.scaling.maxConcurrency = 3 })
    try story.change { $0.maxConcurrency = 9 }
    try story.deploy(Story.revision { $0.scaling.maxConcurrency = 4 }, resetsScaling: true)
    #expect(scaling?.maxConcurrency == 4)
  }

  @Test mutating func whatBelongsToTheCodeLastsUntilTheNextDeploy() throws {
    try story.deploy(Story.revision { $0.scaling.maxMultiplexing = 2 })
    try story.change { $0.maxMultiplexing = 8 }
    #expect(scaling?.maxMultiplexing == 8)
    try story.deploy(Story.revision { $0.scaling.maxMultiplexing = 3 })
    #expect(scaling?.maxMultiplexing == 3)
  }

  @Test mutating func aChangeDuringARollingRolloutHoldsAfterItToo() throws {
    try story.deploy(Story.revision())
    try story.deploy(Story.revision(), .rolling)
    try story.change { $0.maxConcurrency = 6 }
    try story.makeAllReady()
    #expect(story.appState?.alias == Story.id(2))
    #expect(scaling?.maxConcurrency == 6)
  }

  @Test mutating func goingBackKeepsTheTunedSettingsAndTakesTheCodesOwn() throws {
    try story.deploy(Story.revision { $0.scaling.maxMultiplexing = 2 })
    try story.deploy(Story.revision { $0.scaling.maxMultiplexing = 5 })
    try story.change { $0.maxConcurrency = 9 }
    try story.input(.setRevision(Story.app, Story.id(1), .recreate, auth: nil, warm: false))
    #expect(scaling?.maxConcurrency == 9)
    #expect(scaling?.maxMultiplexing == 2)
  }

  @Test mutating func aChangeTellsTheGatewayAnew() throws {
    try story.deploy(Story.revision())
    let before = story.due.first
    try story.change { $0.maxMultiplexing = 4 }
    #expect(story.due.first != before)
    #expect(story.routed == Story.id(1))
  }

  @Test mutating func anAppThatIsDeployedAgainAfterItsRemovalBeginsAnew() throws {
    try story.deploy(Story.revision { $0.scaling.minConcurrency = 1 })
    try story.makeAllReady()
    try story.change { $0.maxConcurrency = 9 }
    try story.input(.remove(Story.app, grace: .seconds(10)))
    try story.deploy(Story.revision())
    #expect(scaling?.maxConcurrency == 2)
  }

  @Test mutating func nothingIsChangedOfAnAppThatIsBeingRemoved() throws {
    try story.deploy(Story.revision { $0.scaling.minConcurrency = 1 })
    try story.makeAllReady()
    try story.input(.remove(Story.app, grace: .seconds(10)))
    #expect(throws: EngineRejection.unknownApp(Story.app)) { try story.change { $0.maxConcurrency = 1 } }
  }

  @Test mutating func aStartupTimeoutThatWasChangedHolds() throws {
    try story.deploy(Story.revision { $0.scaling.minConcurrency = 1 })
    try story.change { $0.startupTimeout = InSeconds(wrappedValue: .seconds(3)) }
    try story.start(try story.runner(0).id)
    try story.advance(by: .seconds(5))
    #expect(story.states == ["TERMINATING"])
  }
}
