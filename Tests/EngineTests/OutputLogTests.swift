import EngineCore
import RunnerProtocol
import TestKit
import Testing

@testable import Engine

@Suite struct OutputLogTests {
  let log = OutputLog(hub: EventHub(), clock: ManualClock())

  @Test func onlyTheLastLinesOfARunnerAreKept() {
    let runner = RunnerID("r")
    log.open(runner, of: AppID(owner: "me", name: "a"))
    for number in 0..<120 { log.write("\(number)", of: runner) }
    #expect(log.lines(of: runner).map(\.message) == (70..<120).map(String.init))
  }

  @Test func linesOfRunnersThatAreLongOverAreDropped() {
    for number in 0..<2_000 {
      let runner = RunnerID("r\(number)")
      log.open(runner, of: AppID(owner: "me", name: "a"))
      log.write("x", of: runner)
      log.end(runner)
    }
    #expect(log.lines(of: RunnerID("r0")) == [])
    #expect(log.lines(of: RunnerID("r1999")).count == 1)
    #expect((0..<2_000).count { !log.lines(of: RunnerID("r\($0)")).isEmpty } <= OutputLog.endedMax)
  }

  @Test func aRunnerThatStartsAgainKeepsWhatItWroteBefore() {
    let runner = RunnerID("r")
    for _ in 0..<2 {
      log.open(runner, of: AppID(owner: "me", name: "a"))
      log.write("x", of: runner)
    }
    #expect(log.lines(of: runner).count == 2)
  }
}
