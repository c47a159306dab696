import AppModel
import ControlAPI
import Testing

@testable import Commands

@Suite struct RolloutTests {
  private func event(
    _ kind: DeployEvent.Kind, _ seconds: Double, runner: String? = nil, message: String? = nil
  ) -> DeployEvent {
    var event = DeployEvent(kind, app: "words", seconds: seconds)
    event.runner = runner
    event.message = message
    return event
  }

  private func result(_ status: DeployResult.Status = .deployed) -> DeployResult {
    DeployResult(
      owner: "ada", app: "words", environment: "main", revision: "words-3", url: "http://h:1/ada/words", auth: "private",
      status: status)
  }

  private func lines(_ events: [DeployEvent], _ report: inout RolloutReport) -> [String] {
    events.compactMap { report.take($0) }.map { RolloutDisplay.text($0, .plain) }
  }

  @Test func aRolloutIsToldStepByStepWithTheTimeOfEach() throws {
    var report = RolloutReport()
    var registered = event(.registered, 0.02)
    registered.revision = "words-3"
    var finished = event(.finished, 0.07)
    finished.result = result()
    let shown = lines(
      [
        event(.validated, 0.01), registered, event(.waiting, 0.021, message: "no node has room"),
        event(.starting, 0.03, runner: "aaaaaaaaaaaa"), event(.log, 0.04, message: "loading\u{7}"),
        event(.waiting, 0.04), event(.ready, 0.06, runner: "aaaaaaaaaaaa"), event(.switched, 0.0604), finished,
      ], &report)
    #expect(
      shown == [
        "  validate  words is right  +10 ms", "  register  words-3  +10 ms", "  wait      no node has room  +1 ms",
        "  start     runner aaaaaaaaaaaa  +9 ms", "  ready     runner aaaaaaaaaaaa  +20 ms",
        "  switch    words-3 takes the traffic  +0 ms",
      ])
    #expect(report.results == [result()])
    #expect(report.phase == nil)
    try report.throwFailure()
  }

  @Test func aFailureSaysTheCauseFirstAndWhatToDoLast() throws {
    var report = RolloutReport()
    var failed = event(.failed, 1)
    failed.problem = APIProblem(code: "runner-failed", message: "setup failed: no model", fix: "mend the script")
    let logs = [event(.log, 0.6, message: "loading\u{7}"), event(.log, 0.6, message: "app.lua:3: no model\nat line 3")]
    _ = lines([event(.runnerFailed, 0.5, runner: "r", message: "setup failed\nstack traceback:")] + logs + [failed], &report)
    let error = try #require(throws: CommandError.self) { try report.throwFailure() }
    let text = error.render(.plain)
    #expect(
      text.hasPrefix(
        "error: setup failed: no model\n  | loading\\x07\n  | app.lua:3: no model\n  | at line 3\n  help: mend the script"))
  }

  @Test func aWarningThatWasShownIsNotSaidAgain() {
    var report = RolloutReport(warningsSeen: ["old"])
    var validated = event(.validated, 0)
    validated.warnings = ["old", "new"]
    #expect(lines([validated], &report) == ["  validate  words is right; new  +0 ms"])
  }

  @Test func anAnswerThatEndsTooEarlyIsNoSuccess() throws {
    var report = RolloutReport()
    #expect(throws: CommandError.self) { try report.throwFailure() }
    _ = lines([event(.validated, 0)], &report)
    let error = try #require(throws: CommandError.self) { try report.throwFailure() }
    #expect(error.code == ClientFailure.broken)
  }

  @Test func whoeverStopsWatchingIsToldHowToGoOn() {
    var report = RolloutReport()
    #expect(report.interruption.message.contains("before a revision was registered"))
    var registered = event(.registered, 0)
    registered.revision = "words-3"
    _ = lines([registered], &report)
    #expect(report.interruption.message == "you stopped watching; the rollout of words-3 goes on")
    #expect(report.interruption.fix?.contains("apolune apps set-rev words REVISION") == true)
  }

  @Test func ofTwoAppsTheOneThatFailedIsNamed() throws {
    var report = RolloutReport()
    var finished = event(.finished, 0)
    finished.result = result()
    var failed = DeployEvent(.failed, app: "other", seconds: 0)
    failed.problem = APIProblem(code: "x", message: "it broke")
    _ = lines([finished, failed], &report)
    let error = try #require(throws: CommandError.self) { try report.throwFailure() }
    #expect(error.message == "other: it broke")
    #expect(report.results.count == 1)
  }

  private let program = AppDefinition.Program.endpoints([
    Endpoint(path: "/", stream: false, line: 1, example: #"{"text":"it's"}"#)
  ])

  @Test func theEndSaysHowToCallTheAppAndWhatWasKept() {
    var panel = DeployPanel(
      result: result(), program: program, key: ClientKey("id:secret", .file("/d/owner.key")),
      inherited: [SettingDifference(name: "keep_alive", before: "5m", after: "5m", code: "1m")],
      duration: .milliseconds(143))
    #expect(
      panel.render(.plain) == """
        ada/words is deployed as words-3, in 143 ms
          url       http://h:1/ada/words
          auth      private: the owner's keys
          try       curl -H "Authorization: Key $(cat /d/owner.key)" http://h:1/ada/words -d '{"text":"it'\\''s"}'
          kept      keep_alive = 5m (the script says 1m)
                    deploy with --reset-scale to take what the script says

        """)
    panel.roots = "/d/tls/ca.pem"
    #expect(!panel.render(.plain).contains("--cacert"), "plain HTTP needs none")
    panel.result.url = "https://h:1/ada/words"
    #expect(panel.render(.plain).contains("curl --cacert /d/tls/ca.pem -H "))
    panel.result.auth = "public"
    panel.result.environment = "staging"
    panel.inherited = []
    #expect(!panel.render(.plain).contains("Authorization"))
    #expect(panel.render(.plain).contains("  env       staging\n"))
    panel.result.status = .rollingOut
    #expect(panel.render(.plain).hasPrefix("words-3 of ada/words is registered, and its rollout goes on\n"))
    panel.result.status = .unchanged
    #expect(panel.render(.plain).hasPrefix("ada/words is words-3 already: nothing was changed\n"))
  }

  @Test func aCheckShowsWhatWouldChange() {
    var report = RolloutReport()
    var compared = event(.compared, 0)
    compared.settings = [
      SettingDifference(name: "keep_alive", before: "5m", after: "5m", code: "1m"),
      SettingDifference(name: "auth", before: nil, after: "public"),
    ]
    var finished = event(.finished, 0)
    finished.result = result(.unchanged)
    _ = lines([compared, finished], &report)
    #expect(
      SettingsTable.render(report, .plain) == """
        ada/words
        Setting     Now  After   Script
        keep_alive  5m   5m      1m
        auth        -    public  public

        """)
    #expect(report.inherited["words"]?.map(\.name) == ["keep_alive"])
  }

  @Test func theAnswerForProgramsHasTheseNames() throws {
    #expect(
      try Console.jsonLine(DeployAnswer(result()))
        == #"{"app":"words","auth":"private","environment":"main","owner":"ada","revision":"words-3","status":"deployed","#
        + #""url":"http://h:1/ada/words"}"#)
  }
}
