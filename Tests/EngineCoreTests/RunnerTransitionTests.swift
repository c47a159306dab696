import AppModel
import Testing

@testable import EngineCore

/// Every state of a runner against everything that can be said about it.
@Suite struct RunnerTransitionTests {
  /// How to get a runner into each state.
  enum Start: String, Sendable, CaseIterable {
    case pending, setup, idle, running, draining, terminating, crashBackoff, terminated
  }

  enum Report: String, Sendable, CaseIterable {
    case started, notPlaced, ready, failed, linkClosed, exited
  }

  /// One row a state; the columns are `Report.allCases`. "-" is ignored, "!" impossible.
  static let table: [Start: String] = [
    .pending: "SETUP CRASH_BACKOFF ! ! ! CRASH_BACKOFF",
    .setup: "- ! IDLE TERMINATING SETUP SETUP",
    .idle: "- ! - ! TERMINATING TERMINATED",
    .running: "- ! - ! TERMINATING TERMINATED",
    .draining: "- ! - ! - TERMINATED",
    .terminating: "- TERMINATED - - - TERMINATED",
    .crashBackoff: "- - - - - -",
    .terminated: "- - - - - -",
  ]

  @Test(arguments: Start.allCases, Report.allCases)
  func aReportTakesARunnerWhereTheTableSays(_ start: Start, _ report: Report) throws {
    var story = try Self.story(start)
    let before = try story.runner(0)
    let column = try #require(Report.allCases.firstIndex(of: report))
    let expected = try #require(Self.table[start]).split(separator: " ")[column]
    switch expected {
    case "!":
      let rejection = #expect(throws: EngineRejection.self) { try story.report(before.id, Self.report(report)) }
      guard case .impossible(before.id, before.state.name, _) = rejection else {
        Issue.record("the rejection names neither runner nor state: \(String(describing: rejection))")
        return
      }
      #expect(try story.runner(0) == before)
    case "-":
      let ignored = story.state.ignoredInputs
      try story.report(before.id, Self.report(report))
      #expect(try story.runner(0) == before)
      #expect(story.state.ignoredInputs == ignored + 1)
    default:
      try story.report(before.id, Self.report(report))
      #expect(try story.runner(0).state.name == expected)
    }
  }

  /// The news of its end and what the runner said itself come by different ways.
  @Test(arguments: zip([Report.failed, .linkClosed], ["setup-failed", "runner-exited"]))
  func aStartThatEndedIsExplainedByTheRunnersLastWords(_ report: Report, _ code: String) throws {
    var story = try Self.story(.setup)
    let runner = try story.runner(0).id
    try story.report(runner, .exited(.exited(status: 1)))
    #expect(try story.runner(0).state.name == "SETUP")
    let words = RunnerFailure(code: "setup-failed", message: "boom")
    try story.report(runner, report == .failed ? .failed(words) : Self.report(report))
    #expect(try story.runner(0).state.name == "CRASH_BACKOFF")
    #expect(try story.runner(0).failure?.code == code)
  }

  @Test func aStartThatEndedWithoutAWordIsGivenUpAfterAMoment() throws {
    var story = try Self.story(.setup)
    try story.report(try story.runner(0).id, .exited(.exited(status: 1)))
    try story.advance(by: Decision.exitPatience)
    #expect(try story.runner(0).state.name == "CRASH_BACKOFF")
    #expect(try story.runner(0).failure?.code == "runner-exited")
  }

  @Test(arguments: Report.allCases)
  func aReportOfAnEarlierGenerationIsIgnoredAndCounted(_ report: Report) throws {
    var story = try Self.story(.crashBackoff)
    try story.advance(by: .seconds(30))
    let before = try story.runner(0)
    #expect(before.generation == 2)
    try story.report(before.id, Self.report(report), generation: 1)
    #expect(try story.runner(0) == before)
    #expect(story.state.ignoredInputs == 1)
  }

  @Test(arguments: Report.allCases)
  func aReportOfAGenerationThatNeverWasIsRefused(_ report: Report) throws {
    var story = try Self.story(.setup)
    let runner = try story.runner(0)
    #expect(throws: EngineRejection.self) { try story.report(runner.id, Self.report(report), generation: 2) }
  }

  @Test func aReportOfAForgottenRunnerIsIgnoredAndCounted() throws {
    var story = try Self.story(.idle)
    try story.report(RunnerID("nobody"), .ready)
    #expect(story.state.ignoredInputs == 1)
  }

  static func report(_ report: Report) -> Input.RunnerReport {
    let failure = RunnerFailure(code: "setup-failed", message: "no")
    return switch report {
    case .started: .started(.init(socket: "/other", pid: 8))
    case .notPlaced: .notPlaced(failure)
    case .ready: .ready
    case .failed: .failed(failure)
    case .linkClosed: .linkClosed
    case .exited: .exited(.exited(status: 1))
    }
  }

  static func story(_ start: Start) throws -> Story {
    var story = Story()
    try story.deploy(Story.revision { $0.scaling.minConcurrency = 1 })
    let runner = try story.runner(0).id
    switch start {
    case .pending:
      break
    case .setup:
      try story.start(runner)
    case .idle:
      try story.makeReady(runner)
    case .running:
      try story.makeReady(runner)
      try story.demand([runner: 1])
    case .draining:
      try story.makeReady(runner)
      try story.input(.stopRunner(runner, .drain, replaces: false))
    case .terminating:
      try story.start(runner)
      try story.input(.stopRunner(runner, .terminate, replaces: false))
    case .crashBackoff:
      try story.start(runner)
      try story.endStart(of: runner)
    case .terminated:
      try story.makeReady(runner)
      try story.report(runner, .exited(.signalled(9)))
    }
    return story
  }
}
