import AppModel
import EngineCore
import FoundationEssentials
import NIOHTTP1
import Testing

@testable import Gateway

@Suite(.serialized) struct RecordTests {
  /// Knows the keys `a` of ada and `m` of me.
  private struct Keys: Authenticator {
    let version = 0
    func grant(authorization: String?) -> Grant? {
      switch authorization {
      case "Key a": Grant(Caller(id: "ada", key: "a"))
      case "Key m": Grant(Caller(id: "me", key: "m"), concurrencyMax: 1)
      default: nil
      }
    }
  }

  private func recording(_ body: (Stage, Recorder) async throws -> Void) async throws {
    try await onStage(authenticator: Keys()) { stage in
      let recorder = Recorder()
      stage.gateway.observe(recorder)
      try await body(stage, recorder)
    }
  }

  @Test func aRequestIsRecordedWithWhoAskedWhoAnsweredAndHowLongItTook() async throws {
    try await recording { stage, recorder in
      stage.route(auth: .private)
      try await stage.runner()
      let reply = try await stage.post("/?key=secret", #"{"a":1}"#, headers: "Authorization: Key m\r\n")
      let record = try #require(try await recorder.records(1).first)
      #expect(record.id == reply.headers["x-fal-request-id"])
      #expect(record.kind == .direct && record.outcome == .answered && record.status == 200 && record.errorType == "")
      #expect(record.app == Stage.app && record.revision?.text == "r1" && record.runner?.text == "one")
      #expect(record.caller == Caller(id: "me", key: "m") && record.payer == "me")
      #expect(record.method == "POST" && record.path == "/me/app/")
      #expect(record.bytesIn == 7 && record.bytesOut == 7)
      let times = record.times
      let waited = try #require(times.waited)
      let ran = try #require(times.ran)
      #expect(times.toFirstByte == times.total && waited + ran == times.total && record.runnerBusy > .zero)
      #expect(!record.isCold)
      // Within a day of now, whatever the clock of this machine says.
      #expect(abs(Double(times.arrivedAt.nanoseconds) / 1e9 - Date().timeIntervalSince1970) < 86_400)
      #expect(times.endedAt > times.arrivedAt)
    }
  }

  @Test func whoCallsASharedAppPaysAndElseItsOwner() async throws {
    try await recording { stage, recorder in
      try await stage.runner()
      for (auth, key) in [(Auth.shared, "a"), (.shared, "m"), (.public, "a"), (.private, "m")] {
        stage.route(auth: auth)
        #expect(try await stage.post(headers: "Authorization: Key \(key)\r\n").status == 200)
      }
      stage.route(auth: .public)
      #expect(try await stage.post().status == 200)
      let records = try await recorder.records(5)
      #expect(records.map(\.payer) == ["ada", "me", "me", "me", "me"])
      #expect(records.map(\.caller.id) == ["ada", "me", "ada", "me", ""])
    }
  }

  @Test func whatNoAppHadIsRecordedAsThePlatforms() async throws {
    try await recording { stage, recorder in
      stage.route(auth: .private)
      let runner = try await stage.runner()
      let client = try await stage.client()
      for (line, headers) in [
        ("GET /health", ""), ("POST /me/app", ""), ("POST /me/nothing", "Authorization: Key m\r\n"),
        ("POST /me/app/nowhere?x=1", "Authorization: Key m\r\n"), ("GET /me/app", "Authorization: Key m\r\n"),
        ("OPTIONS /me/app", "Authorization: Key m\r\n"),
      ] {
        try await client.send("\(line) HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\(headers)\r\n")
        _ = try await client.reply()
      }
      let holding = try await stage.client()
      try await holding.post("/me/app/hold", headers: "Authorization: Key m\r\n")
      try await until("the runner has it") { runner.seen.withLock { $0.requests.count } == 1 }
      #expect(try await stage.post(headers: "Authorization: Key m\r\n").status == 429)
      let broken = try await stage.client()
      try await broken.send("nonsense\r\n\r\n")
      #expect(try await broken.reply().status == 400)
      let records = try await recorder.records(8)
      #expect(records.map(\.status) == [200, 401, 404, 404, 405, 200, 429, 400])
      #expect(records.allSatisfy { $0.kind == .platform && $0.payer == "" && $0.runner == nil && $0.times.ran == nil })
      #expect(records.map(\.app) == [nil, Stage.app, nil, Stage.app, Stage.app, Stage.app, Stage.app, nil])
      #expect(records[3].path == "/me/app/nowhere" && records[3].caller.id == "me" && records[7].path == "")
      #expect(records[6].errorType == "concurrent_requests_limit" && records[0].bytesOut == 15)
    }
  }

  @Test func aCallerThatLeavesIsRecordedOnceWithTheTimeThatTheRunnerWasBusy() async throws {
    try await recording { stage, recorder in
      stage.route(auth: .public)
      let runner = try await stage.runner()
      let client = try await stage.client()
      try await client.post("/me/app/hold")
      try await until("the runner has it") { runner.seen.withLock { $0.requests.count } == 1 }
      client.close()
      let record = try #require(try await recorder.records(1).first)
      #expect(record.outcome == .aborted && record.status == 499 && record.errorType == "client_disconnected")
      #expect(record.kind == .direct && record.runner?.text == "one" && record.times.toFirstByte == nil)
      let ran = try #require(record.times.ran)
      #expect(record.runnerBusy >= ran)
      let halfway = try await stage.client()
      try await halfway.send("POST /me/app HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab")
      try await until("its body is held") { await stage.gateway.figures()?.bodyBytes == 2 }
      halfway.close()
      let records = try await recorder.records(2)
      #expect(records[1].kind == .platform && records[1].outcome == .aborted && records[1].bytesIn == 2)
      #expect(records.count == 2)
    }
  }

  @Test func whatTheAppCannotAnswerIsRecordedWithThePlatformsAnswer() async throws {
    try await recording { stage, recorder in
      stage.route(auth: .public, startTimeout: .milliseconds(20))
      #expect(try await stage.post().status == 504)
      try await stage.runner()
      #expect(try await stage.post("/fail").status == 422)
      #expect(try await stage.post("/die").status == 503)
      let records = try await recorder.records(3)
      #expect(records.map(\.outcome) == [.failed, .answered, .failed])
      #expect(records.map(\.status) == [504, 422, 503])
      #expect(records.map(\.errorType) == ["request_timeout", "bad_request", "runner_disconnected"])
      #expect(records.map { $0.runner?.text } == [nil, "one", "one"])
    }
  }

  @Test func aRequestThatWaitedForTheFirstRunnerIsCold() async throws {
    try await recording { stage, recorder in
      stage.route(auth: .public)
      let waiting = try await stage.client()
      try await waiting.post("/me/app")
      try await until("it waits") { stage.demand?.queued == 1 }
      try await stage.runner(slots: 1)
      #expect(try await waiting.reply().status == 200)
      #expect(try await stage.post().status == 200)
      let records = try await recorder.records(2)
      #expect(records.map(\.isCold) == [true, false])
      let figures = try #require(await stage.gateway.appFigures().first)
      #expect(figures.app == Stage.app && figures.waiting == 0 && figures.running == 0)
      #expect(figures.counts.received == 2 && figures.counts.completed[2] == 2)
      #expect(figures.counts.coldStarts.count == 1 && figures.counts.coldStarts.sum == records[0].times.waited)
      #expect(figures.counts.total.count == 2 && figures.counts.running.count == 2)
    }
  }

  @Test func streamsAndCutStreamsAreRecordedWithTheirBytes() async throws {
    try await recording { stage, recorder in
      stage.route(auth: .public)
      try await stage.runner()
      _ = try await stage.post("/stream", "3")
      _ = try await stage.post("/cut")
      let records = try await recorder.records(2)
      #expect(records.map(\.status) == [200, 500] && records.map(\.outcome) == [.answered, .answered])
      #expect(records.map(\.bytesOut) == [21, 1])
      #expect(records.allSatisfy { $0.times.toFirstByte != nil })
    }
  }

  @Test func requestsOfCommandAppsAreRecordedWithUnitsAndBytes() async throws {
    let program = try await FakeProgram()
    try await recording { stage, recorder in
      stage.route(auth: .public, command: true)
      try await stage.runner(port: program.port) { $0.role = .command }
      #expect(try await stage.post("/x", "hello", headers: "X-Say: x-fal-billable-units=2.5\r\n").status == 200)
      #expect(try await stage.post("/die").status == 502)
      let records = try await recorder.records(2)
      #expect(records.map(\.status) == [200, 502] && records.map(\.outcome) == [.answered, .failed])
      #expect(records.map(\.billableUnits) == [2.5, nil])
      #expect(records[0].bytesIn == 5 && records[0].bytesOut == "POST /x hello".utf8.count)
      #expect(records[0].times.toFirstByte != nil)
    }
    try await program.close()
  }

  @Test func callsFromWithinTheProcessAreRecordedAsTheOwners() async throws {
    try await recording { stage, recorder in
      stage.route(auth: .private)
      try await stage.runner()
      #expect(await stage.gateway.call(Stage.app, path: "/", body: Array("{}".utf8)).status == 200)
      let record = try #require(try await recorder.records(1).first)
      #expect(record.kind == .host && record.caller.id == "me" && record.payer == "me" && record.bytesIn == 2)
    }
  }

  @Test func whatAnObserverHasNoRoomForIsCountedAndNeverSilent() async throws {
    try await onStage { stage in
      let full = Recorder(limit: 2)
      let other = Recorder()
      stage.gateway.observe(full)
      stage.gateway.observe(other)
      let client = try await stage.client()
      for _ in 0..<5 {
        try await client.send("GET /health HTTP/1.1\r\nHost: h\r\n\r\n")
        _ = try await client.reply()
      }
      _ = try await other.records(5)
      #expect(full.records.count == 2)
      let figures = try #require(await stage.gateway.figures())
      #expect(figures.recordsLost == 3 && figures.counts.platformAnswers[2] == 5 && figures.connections == 1)
    }
  }

  @Test func whatEndsWithTheGatewayIsRecordedToo() async throws {
    let recorder = Recorder()
    try await recording { stage, _ in
      stage.gateway.observe(recorder)
      stage.route(auth: .public)
      let runner = try await stage.runner()
      try await stage.client().post("/me/app/hold")
      try await until("the runner has it") { runner.seen.withLock { $0.requests.count } == 1 }
    }
    #expect(recorder.records.count == 1)
  }

  @Test func theTimeInWhichARunnerHasRequestsIsCountedOnce() {
    var meter = BusyMeter()
    meter.begins(at: 100)
    meter.begins(at: 150)
    #expect(meter.take(at: 200, isIdle: false) == 100)
    #expect(meter.take(at: 300, isIdle: true) == 100)
    #expect(meter.take(at: 400, isIdle: true) == 0)
    meter.begins(at: 500)
    #expect(meter.take(at: 450, isIdle: true) == 0)
  }

  @Test func aPathHasNeitherQueryNorMoreThanItsLimit() {
    var record = RequestRecord(
      id: "", kind: .platform, caller: .anonymous, payer: "", method: "GET", target: "/a?token=secret", status: 200,
      errorType: "", outcome: .answered, times: RequestTimes(), busyNanoseconds: 0, isCold: false, bytesIn: 0, bytesOut: 0)
    #expect(record.path == "/a")
    record.target = "/" + String(repeating: "x", count: 2000) + "?a"
    #expect(record.path.utf8.count == RequestRecord.pathMax)
  }
}
