import Lua
import RunnerProtocol
import Testing

/// A runner whose host dies, and another host that takes it over.
@Suite struct AdoptionTests {
  static let script = """
    local app = app "test" {}
    local served = 0
    app:endpoint("/", function(input) served = served + 1 return { served = served, n = input.n } end)
    app:endpoint("/wait", function() sleep(60) end)
    app:endpoint("/spin", function() while true do end end)
    app:endpoint("/stream", { stream = true }, function(_, request) while true do request:send { n = 1 } sleep(0.001) end end)
    app:endpoint("/nap", function() sleep(0.2) return "awake" end)
    """

  @Test func whatTheDeadHostHadIsDroppedAndAllSlotsAreBack() throws {
    let runner = try TestRunner(["app.lua": Self.script])
    let first = try runner.start { $0.maxMultiplexing = 3 }
    for round in 1...3 {
      for path in ["/wait", "/spin", "/stream"] { _ = runner.request(path) }
      _ = try runner.expect(.chunk)
      let again = try runner.start { $0.maxMultiplexing = 3 }
      #expect(again.pid == first.pid)
      // The same streams, all slots, and nothing left of the old ones in between.
      let streams = (1...3).map { runner.request("/", "{\"n\":\($0)}") }
      #expect(streams == [1, 2, 3])
      for number in 1...3 {
        let frame = try runner.next()
        #expect(frame.kind == .answer)
        #expect(try TestRunner.answer(of: frame).body == "{\"n\":\(number),\"served\":\((round - 1) * 3 + number)}")
      }
    }
  }

  @Test func aHostThatDiesDuringTheStartIsToldReadyLater() throws {
    let runner = try TestRunner(["app.lua": Self.script + "\nfunction app.setup() sleep(0.3) end\n"])
    try runner.launch()
    try runner.start()
    #expect(try runner.call("/", "{\"n\":7}").body == "{\"n\":7,\"served\":1}")
  }

  @Test func aDrainingRunnerSaysSo() throws {
    let runner = try TestRunner(["app.lua": Self.script + "\nfunction app.teardown() sleep(1) end\n"])
    try runner.start()
    runner.send(.drain)
    _ = try runner.expect(.draining)
    try runner.launch()
    #expect(try runner.next().kind == .draining)
    #expect(try runner.answer(runner.request()).status == 503)
    #expect(try runner.waitForExit() == .code(0))
  }

  @Test func theNextHostsLimitsCount() throws {
    let runner = try TestRunner(["app.lua": Self.script])
    try runner.start { $0.maxMultiplexing = 1 }
    let busy = [runner.request("/nap"), runner.request("/nap")]
    #expect(try runner.answer(busy[1]).status == 503)
    try runner.start {
      $0.maxMultiplexing = 4
      $0.requestTimeoutSeconds = 0.05
    }
    let naps = (0..<4).map { _ in runner.request("/nap") }
    for nap in naps { #expect(try runner.answer(nap).status == 504) }
  }

  @Test func aProgramKeepsServingAndItsPortIsTold() throws {
    let runner = try TestRunner()
    let command = ["sh", "-c", "exec python3 -m http.server --bind 127.0.0.1 $PORT"]
    let first = try runner.start(.command) { $0.command = command }
    let again = try runner.start(.command) { $0.command = command }
    #expect(again.port == first.port && again.port != nil)
    #expect(again.pid == first.pid)
  }
}
