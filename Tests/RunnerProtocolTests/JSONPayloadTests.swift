import FoundationEssentials
import RunnerProtocol
import Testing

@Suite struct JSONPayloadTests {
  @Test func aLaunchSpecComesBackAsItWasWritten() throws {
    var spec = LaunchSpec(role: .command, bundle: "/b", script: "app.lua", app: "words", runnerID: "r1")
    spec.secrets = ["KEY": "\"s\u{1f319}\""]
    spec.env = ["A": ""]
    spec.command = ["python3", "serve.py"]
    spec.healthPath = "/health"
    spec.memoryMax = .max
    #expect(try JSONDecoder().decode(LaunchSpec.self, from: JSONEncoder().encode(spec)) == spec)
  }

  @Test func reportsComeBackAsTheyWereWritten() throws {
    let ready = ReadyReport(pid: 7, port: 8080, startMilliseconds: 1.5)
    #expect(try JSONDecoder().decode(ReadyReport.self, from: JSONEncoder().encode(ready)) == ready)
    let failure = FailureReport(code: "setup-failed", message: "app.lua:3: no")
    #expect(try JSONDecoder().decode(FailureReport.self, from: JSONEncoder().encode(failure)) == failure)
    let evaluation = Evaluation(.incomplete)
    #expect(try JSONDecoder().decode(Evaluation.self, from: JSONEncoder().encode(evaluation)) == evaluation)
  }

  @Test func aReportOfALuaRunnerNeedsNoPort() throws {
    let json = Data(#"{"pid":7,"startMilliseconds":2}"#.utf8)
    #expect(try JSONDecoder().decode(ReadyReport.self, from: json).port == nil)
  }
}
