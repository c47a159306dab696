import Lua
import RunnerProtocol
import Testing

/// Health checks as a Lua runner answers them.
@Suite struct HealthTests {
  static let script = """
    local app = app "test" {}
    local ill = false
    app:endpoint("/", function(input) ill = input.ill return "done" end)
    app:endpoint("/wait", function() sleep(60) end)
    """
  static let hook = """

    function app.health(ctx)
      if ill then error("the disk is full") end
      return { version = "3", app = ctx.app, runner = ctx.runner }
    end
    """

  func check(_ runner: TestRunner, _ path: String = "/health") throws -> TestRunner.Answer {
    try runner.answer(runner.request(path, "", as: .check))
  }

  @Test func theHookAnswersRequestsAndChecks() throws {
    let runner = try TestRunner(["app.lua": Self.script + Self.hook])
    try runner.start()
    let body = #"{"app":"test","runner":"r1","version":"3"}"#
    #expect(try check(runner).body == body)
    #expect(try runner.call("/health", "").body == body)
    _ = try runner.call("/", #"{"ill":true}"#)
    #expect(try check(runner).status == 500)
    try runner.log(containing: "the disk is full")
    _ = try runner.call("/", #"{"ill":false}"#)
    #expect(try check(runner).status == 200)
  }

  @Test func withoutTheHookARunnerThatAnswersIsWell() throws {
    let runner = try TestRunner(["app.lua": Self.script])
    try runner.start()
    #expect(try check(runner).body == "{}")
    #expect(try check(runner, "/").body == "\"done\"")
    #expect(try check(runner, "/none").status == 404)
    #expect(try runner.call("/health", "").status == 404)
  }

  @Test func aCheckTakesNoSlotAndThereIsOneAtATime() throws {
    let runner = try TestRunner(["app.lua": Self.script + Self.hook])
    try runner.start { $0.maxMultiplexing = 1 }
    let waiting = runner.request("/wait")
    #expect(try check(runner).status == 200)
    let first = runner.request("/wait", "", as: .check)
    #expect(try check(runner).status == 503)
    #expect(try runner.call("/").status == 503)
    runner.send(.cancel, stream: first)
    #expect(try runner.answer(first).status == 499)
    #expect(try check(runner).status == 200)
    runner.send(.cancel, stream: waiting)
    #expect(try runner.answer(waiting).status == 499)
    #expect(try runner.call("/").status == 200)
  }
}
