import Foundation
import Glibc
import RunnerProtocol
import Testing

@Suite struct LifecycleTests {
  private static let hooks = """
    function app.setup(ctx) app.ready = ctx.app sleep(0.01) end
    function app.teardown(ctx) log.info("torn down") sleep(0.01) log.info("really") end
    function app.handle_exit(ctx) log.info("exiting") app.stopping = true end
    app:endpoint("/", function(input) sleep(input.wait or 0) return { app.ready, app.stopping or false } end)
    """

  @Test func setupRunsBeforeTheFirstRequest() throws {
    let runner = try TestRunner(EndpointTests.app(Self.hooks))
    let report = try runner.start()
    #expect(report.pid == runner.pid)
    #expect(try runner.call().body == #"["test",false]"#)
  }

  @Test(arguments: [
    ("local x = = 1", "script-error", "app.lua:2"),
    ("error('at the top')", "script-error", "at the top"),
    ("function app.setup() error('in setup') end app:endpoint('/', function() end)", "setup-failed", "app.lua:2: in setup"),
    ("http.get('http://127.0.0.1:1/')", "script-error", "not while the script loads"),
    ("sleep(1)", "script-error", "not while the script loads"),
    ("secret('x')", "script-error", "not while the script loads"),
  ])
  func aScriptThatDoesNotStartIsReported(body: String, code: String, text: String) throws {
    let runner = try TestRunner(EndpointTests.app(body))
    try runner.launch()
    let failure = try runner.failure()
    #expect(failure.code == code)
    #expect(failure.message.contains(text), "\(failure.message)")
    #expect(try runner.waitForExit() == .code(1))
  }

  @Test func anEphemeralRunnerEndsWithItsHostWhileItsScriptLoads() throws {
    let runner = try TestRunner(EndpointTests.app("while true do end"))
    try runner.launch { $0.ephemeral = true }
    usleep(200_000)
    runner.disconnect()
    _ = try runner.waitForExit(seconds: 2)
  }

  @Test func aSetupThatDoesNotReturnTimesOut() throws {
    let runner = try TestRunner(EndpointTests.app("function app.setup() sleep(60) end app:endpoint('/', function() end)"))
    try runner.launch { $0.startupTimeoutSeconds = 0.2 }
    #expect(try runner.failure().code == "startup-timeout")
  }

  @Test func sigtermFinishesWhatIsInFlightAndTearsDown() throws {
    let runner = try TestRunner(EndpointTests.app(Self.hooks))
    try runner.start()
    let stream = runner.request("/", #"{"wait":0.3}"#)
    usleep(50_000)
    runner.signal(SIGTERM)
    _ = try runner.expect(.draining)
    // What the host had sent before it heard of it is served; what it sends after it has answered is not.
    #expect(try runner.call().head.status == 200)
    runner.send(.drain)
    #expect(try runner.call().head.errorType == "runner_draining")
    #expect(try runner.answer(stream).body == #"["test",true]"#)
    try runner.log(containing: "really")
    #expect(try runner.waitForExit() == .code(0))
    #expect(runner.logs.map(\.message) == ["exiting", "torn down", "really"])
  }

  @Test func drainLetsALongRequestFinish() throws {
    let runner = try TestRunner(EndpointTests.app(Self.hooks))
    try runner.start { $0.graceSeconds = 0.2 }
    let stream = runner.request("/", #"{"wait":0.6}"#)
    runner.send(.drain)
    #expect(try runner.answer(stream).body == #"["test",false]"#)
    #expect(try runner.waitForExit() == .code(0))
  }

  @Test func theGracePeriodEndsWhatDoesNotEnd() throws {
    let runner = try TestRunner(EndpointTests.app(Self.hooks))
    try runner.start { $0.graceSeconds = 0.3 }
    let stream = runner.request("/", #"{"wait":60}"#)
    usleep(50_000)
    runner.signal(SIGTERM)
    #expect(try runner.answer(stream).status == 503)
    #expect(try runner.waitForExit() == .code(3))
  }

  @Test(arguments: ["sleep(60)", "while true do end", "table.sort({1,2,3}, function() while true do end end)"])
  func anEphemeralRunnerEndsWithItsHost(body: String) throws {
    let runner = try TestRunner(EndpointTests.handler(body))
    try runner.start { $0.ephemeral = true }
    _ = runner.request()
    usleep(100_000)
    runner.disconnect()
    _ = try runner.waitForExit(seconds: 2)
  }

  @Test func aHostThatComesBackFindsTheRunnerReady() throws {
    let runner = try TestRunner(EndpointTests.app(Self.hooks))
    try runner.start()
    _ = runner.request("/", #"{"wait":60}"#)
    runner.disconnect()
    try runner.start()
    #expect(try runner.call().status == 200)
    try runner.launch { $0.runnerID = "another" }
    try runner.expectClose()
  }

  @Test func logsOfATimeWithoutHostAreKept() throws {
    let runner = try TestRunner(
      EndpointTests.app(
        "function app.setup() log.warn('early', { n = 1, s = 'a b' }) sleep(0.2) print('late', 2) end app:endpoint('/', function() end)"
      ))
    try runner.launch()
    try runner.log(containing: "early n=1 s=\"a b\"")
    runner.disconnect()
    usleep(400_000)
    try runner.launch()
    try runner.log(containing: "late\t2")
    _ = try runner.ready()
  }
}
