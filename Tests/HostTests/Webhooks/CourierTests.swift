import AppModel
import Engine
import EngineCore
import Foundation
import Logging
import NIOCore
import Queueing
import Store
import Synchronization
import TestKit
import Testing

@testable import Host

@Suite struct CourierTests {
  let folder: TemporaryFolder
  let key: WebhookKey
  let clock = ManualClock()

  init() throws {
    folder = try TemporaryFolder()
    key = try WebhookKey.prepare(folder.path + "/webhook.key")
  }

  /// Runs a courier for as long as `body`.
  private func withCourier(
    _ outbox: RequestStore, timeLimit: TimeAmount = .seconds(30), _ body: () async throws -> Void
  ) async throws {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let courier = WebhookCourier(outbox: outbox, key: key, timeLimit: timeLimit, clock: clock, logger: logger)
    let running = Task { await courier.run() }
    let result: Result<Void, any Error>
    do { result = .success(try await body()) } catch { result = .failure(error) }
    running.cancel()
    await running.value
    try result.get()
  }

  private func end(_ id: String, _ url: String, _ outbox: RequestStore, body: String = #"{"n":1}"#) async throws {
    var request = QueuedRequest(
      id: id, app: AppID(owner: "ada", name: "words"), path: "/", caller: Caller(id: "bob", key: "k"), submittedAt: clock.now)
    request.webhook = url
    try await write(.submitted(request, body: []), outbox)
    try await write(.ended(id: id, QueueOutcome(status: 200, body: Array(body.utf8), endedAt: clock.now)), outbox)
  }

  private func write(_ write: QueueWrite, _ outbox: RequestStore) async throws {
    let written = try await withCheckedContinuation { done in outbox.write(write) { done.resume(returning: $0) } }.get()
    #expect(written == .done)
  }

  /// Asks the outbox until it is as it should be.
  private func until(_ outbox: RequestStore, _ isSo: ([QueueDelivery], [QueueDelivery]) -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(60)
    while true {
      let tried = try await outbox.deliveries(of: nil, first: 1000)
      let dead = try await outbox.deadDeliveries(of: nil, first: 1000)
      if isSo(tried, dead) { return }
      try #require(ContinuousClock.now < end, "\(tried) \(dead)")
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  @Test func theRecordedOutcomeIsSentSignedAndOnce() async throws {
    let outbox = try RequestStore.open(folder: folder.path)
    let receiver = try await Receiver()
    try await withCourier(outbox) {
      try await end("r-1", receiver.url + "?to=me", outbox, body: #"{"words": 3}"#)
      let arrival = try await receiver.next()
      #expect(arrival.path == "/hook?to=me")
      #expect(arrival["content-type"] == "application/json")
      #expect(
        String(decoding: arrival.body, as: UTF8.self)
          == #"{"request_id":"r-1","gateway_request_id":"r-1","status":"OK","payload":{"words": 3}}"#)
      #expect(arrival["x-fal-webhook-request-id"] == "r-1" && arrival["x-fal-webhook-user-id"] == "bob")
      #expect(arrival["x-fal-webhook-timestamp"] == "1700000000")
      #expect(try WebhookProof.isSigned(arrival.headers, arrival.body, by: key.keySet))
      try await until(outbox) { tried, dead in tried.isEmpty && dead.isEmpty }
      try await end("r-2", receiver.url, outbox)
      #expect(try await receiver.next()["x-fal-webhook-request-id"] == "r-2", "and not the first again")
    }
    try await receiver.close()
    try outbox.close()
  }

  @Test func whatIsNotTakenIsSentAgainByTheScheduleAndGivenUpAfterTheTenthAttempt() async throws {
    let outbox = try RequestStore.open(folder: folder.path)
    let receiver = try await Receiver { number in number <= 10 ? .status(500) : .status(202) }
    try await withCourier(outbox) {
      try await end("r-1", receiver.url, outbox)
      var bodies: Set<[UInt8]> = []
      for attempt in 1...10 {
        bodies.insert(try await receiver.next().body)
        guard attempt < 10 else { break }
        try await until(outbox) { tried, _ in tried.first?.attempts == attempt }
        let next = try #require(try await outbox.deliveries(of: nil, first: 1).first)
        #expect(next.problem == "the receiver answered 500")
        #expect(next.nextAt == WebhookSchedule.next(after: attempt, id: "r-1", failedAt: clock.now))
        // Not a moment before.
        clock.advance(by: next.nextAt - clock.now - .milliseconds(1))
        #expect(receiver.arrived == attempt)
        while clock.nextWake == nil { await Task.yield() }
        clock.advance(by: .milliseconds(1))
      }
      #expect(bodies.count == 1)
      try await until(outbox) { tried, dead in tried.isEmpty && dead.count == 1 }
      let dead = try #require(try await outbox.deadDeliveries(of: nil, first: 1).first)
      #expect(dead.attempts == 10 && dead.problem == "the receiver answered 500")
      #expect(try await outbox.change(.revived(request: "r-1", of: nil, at: clock.now)) == .done)
      #expect(try await receiver.next().body == bodies.first)
      try await until(outbox) { tried, dead in tried.isEmpty && dead.isEmpty }
    }
    try await receiver.close()
    try outbox.close()
  }

  @Test(arguments: [Receiver.Answer.redirect(to: "/elsewhere"), .hangUp, .status(404), .nothing])
  func anyOtherAnswerThan2xxIsAFailure(answer: Receiver.Answer) async throws {
    let outbox = try RequestStore.open(folder: folder.path)
    let receiver = try await Receiver { _ in answer }
    try await withCourier(outbox, timeLimit: .milliseconds(300)) {
      try await end("r-1", receiver.url, outbox)
      #expect(try await receiver.next().path == "/hook")
      try await until(outbox) { tried, _ in tried.first?.attempts == 1 }
      let problem = try await outbox.deliveries(of: nil, first: 1).first?.problem
      #expect(problem?.hasPrefix("the receiver") == true)
    }
    try await receiver.close()
    try outbox.close()
  }

  @Test func serversThatDoNotAnswerOrAreNotThereSlowNobody() async throws {
    let outbox = try RequestStore.open(folder: folder.path)
    let silent = try await Receiver { _ in .nothing }
    let closed = try await Receiver()
    try await closed.close()
    let live = try await Receiver()
    for number in 0..<100 {
      try await end("s\(number)", silent.url, outbox)
      try await end("c\(number)", closed.url, outbox)
    }
    for number in 0..<100 { try await end("l\(number)", live.url, outbox) }
    // Longer than the test may take.
    try await withCourier(outbox, timeLimit: .seconds(300)) {
      var ids: Set<String> = []
      for _ in 0..<100 { ids.insert(try #require(try await live.next()["x-fal-webhook-request-id"])) }
      #expect(ids.count == 100)
      try await until(outbox) { tried, _ in
        tried.count == 200 && tried.count { $0.target.hasSuffix(":\(closed.port)") && $0.attempts == 1 } == 100
      }
    }
    for receiver in [silent, live] { try await receiver.close() }
    try outbox.close()
  }

  @Test func whatWasUnderWayWhenTheServerEndedIsSentByTheNext() async throws {
    let receiver = try await Receiver { $0 == 1 ? .nothing : .status(200) }
    var outbox = try RequestStore.open(folder: folder.path)
    try await withCourier(outbox) {
      try await end("r-1", receiver.url, outbox)
      _ = try await receiver.next()
    }
    try outbox.close()
    outbox = try RequestStore.open(folder: folder.path)
    #expect(try await outbox.deliveries(of: nil, first: 10).map(\.attempts) == [0], "it counts as no attempt")
    try await withCourier(outbox) {
      #expect(try await receiver.next()["x-fal-webhook-request-id"] == "r-1")
      try await until(outbox) { tried, dead in tried.isEmpty && dead.isEmpty }
    }
    try await receiver.close()
    try outbox.close()
  }
}
