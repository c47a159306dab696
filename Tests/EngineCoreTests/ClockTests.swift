import AppModel
import Testing

@testable import EngineCore

/// Clocks jump between two servers, and the core only ever compares.
@Suite struct ClockTests {
  var story = Story()

  @Test(arguments: [
    Moment(nanoseconds: .min), Moment(nanoseconds: 0), Moment(nanoseconds: 999_000_000_000), Moment(nanoseconds: .max),
  ])
  mutating func aJumpOfTheClockDoesNoHarm(_ moment: Moment) throws {
    try story.deploy(
      Story.revision {
        $0.scaling.minConcurrency = 1; $0.scaling.maxConcurrency = 3
      })
    let runner = try story.runner(0).id
    try story.makeReady(runner)
    try story.demand(queued: 1, [runner: 1])
    let before = story.now
    story.now = moment
    try story.demand(queued: 2, [runner: 1])
    try story.input(.time(Story.app))
    try story.deploy(Story.revision { $0.scaling.minConcurrency = 1 }, .rolling)
    try story.report(runner, .exited(.signalled(9)))
    try story.demand(queued: 1)
    story.now = before
    try story.input(.time(Story.app))
    let app = try #require(story.appState)
    #expect(app.countedRunners(of: Story.id(1)) <= 3)
    #expect(Set(app.runners.map(\.id)).count == app.runners.count)
  }

  @Test mutating func aDeadlineBehindAJumpBackwardsComesLateButComes() throws {
    try story.deploy(Story.revision())
    try story.demand(queued: 1)
    let runner = try story.runner(0).id
    try story.makeReady(runner)
    try story.demand()
    story.now = story.now + .seconds(-3600)
    try story.input(.time(Story.app))
    #expect(story.states == ["IDLE"])
    try story.advance(by: .seconds(3660))
    #expect(story.states == ["DRAINING"])
  }

  @Test mutating func aJumpForwardsEndsIdleRunnersAtMost() throws {
    try story.deploy(
      Story.revision {
        $0.scaling.minConcurrency = 1; $0.scaling.maxConcurrency = 3
      })
    try story.makeAllReady()
    story.now = story.now + .seconds(1_000_000)
    try story.input(.time(Story.app))
    #expect(story.states == ["IDLE"])
  }
}
