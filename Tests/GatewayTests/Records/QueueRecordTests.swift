import AppModel
import EngineCore
import NIOHTTP1
import Testing

@testable import Gateway

@Suite(.serialized) struct QueueRecordTests {
  private func submit(_ stage: Stage, _ path: String = "") async throws {
    let client = try await stage.client()
    defer { client.close() }
    try await client.send("POST /queue/me/app\(path) HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}")
    #expect(try await client.reply().status == 200)
  }

  private func onQueue(_ body: (Stage, Recorder) async throws -> Void) async throws {
    try await onStage { stage in
      let recorder = Recorder()
      stage.gateway.observe(recorder)
      try stage.gateway.openQueue(MemoryQueue())
      stage.route()
      try await body(stage, recorder)
    }
  }

  @Test func anAttemptIsRecordedFromItsSubmissionOn() async throws {
    try await onQueue { stage, recorder in
      try await submit(stage)
      let waiting = try #require(await stage.gateway.appFigures().first)
      #expect(waiting.waiting == 1 && waiting.running == 0)
      try await stage.runner(slots: 1)
      let record = try #require(try await recorder.records(2).first { $0.kind == .queued })
      #expect(record.status == 200 && record.path == "/me/app/" && record.payer == "me" && record.runner?.text == "one")
      #expect(record.isCold && record.bytesIn == 2 && record.bytesOut == 2)
      // Its submission is a request of its own, which the platform answers.
      let submission = try #require(recorder.records.first { $0.kind == .platform })
      #expect(submission.path == "/queue/me/app" && submission.status == 200 && submission.app == Stage.app)
      #expect(submission.id == record.id)
      #expect(record.times.total > submission.times.total / 2)
      try await submit(stage)
      let next = try #require(try await recorder.records(4).last { $0.kind == .queued })
      #expect(!next.isCold)
      let figures = try #require(await stage.gateway.appFigures().first)
      #expect(figures.waiting == 0 && figures.counts.received == 2 && figures.counts.coldStarts.count == 1)
    }
  }

  @Test func eachAttemptIsARecord() async throws {
    try await onQueue { stage, recorder in
      try await stage.runner("one")
      try await submit(stage, "/die")
      try await stage.runner("two")
      let attempts = { recorder.records.filter { $0.kind == .queued } }
      try await until("there are two attempts") { attempts().count == 2 }
      #expect(attempts().map(\.status) == [503, 503] && attempts().map(\.outcome) == [.failed, .failed])
      #expect(attempts().map { $0.runner?.text } == ["one", "two"])
      #expect(Set(attempts().map(\.id)).count == 1)
    }
  }
}
