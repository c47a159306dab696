import AppModel
import ControlAPI
import EngineCore
import Foundation
import Queueing
import Store
import Testing

@testable import Host

@Suite struct WebhookRouteTests {
  /// Leaves what an earlier server would have: one that nobody tries any more, of each of two users, and one that is not due.
  private func prepare(_ folder: TemporaryFolder) async throws {
    let store = try RequestStore.open(folder: folder.path)
    let now = RequestStore.realTime()
    func write(_ write: QueueWrite) async throws {
      _ = try await withCheckedContinuation { done in store.write(write) { done.resume(returning: $0) } }.get()
    }
    for (id, user) in [("mine", "me"), ("bobs", "bob"), ("later", "me")] {
      var request = QueuedRequest(
        id: id, app: AppID(owner: "me", name: "words"), path: "/", caller: Caller(id: user), submittedAt: now)
      // Nobody listens there.
      request.webhook = "http://127.0.0.1:1/\(id)"
      try await write(.submitted(request, body: []))
      try await write(.ended(id: id, QueueOutcome(status: 200, body: [], endedAt: now)))
      let change: DeliveryChange =
        id == "later"
        ? .failed(request: id, attempts: 2, problem: "refused", next: now + .seconds(3600))
        : .dead(request: id, attempts: 10, problem: "refused")
      #expect(try await store.change(change) == .done)
    }
    try store.close()
  }

  @Test func theyAreListedAndTriedAgainByThoseWhoseTheyAre() async throws {
    let folder = try TemporaryFolder()
    try await prepare(folder)
    let stage = try await ServerStage(folder: folder)
    func ids(_ query: String, key: String? = nil) async throws -> [String] {
      let answer = try await stage.send("GET", ControlPath.webhooks + query, key: key)
      #expect(answer.status == 200)
      return try answer.decoded(WebhookList.self).webhooks.map(\.request)
    }
    #expect(try await stage.send("POST", ControlPath.users, json: UserCreation(name: "bob")).status == 201)
    var creation = KeyCreation()
    creation.user = "bob"
    let bob = try await stage.send("POST", ControlPath.keys, json: creation).decoded(KeyCreated.self).key
    #expect(try await ids("") == ["later", "bobs", "mine"])
    #expect(try await ids("?dead=true") == ["bobs", "mine"])
    #expect(try await ids("", key: bob) == ["bobs"])
    #expect(try await stage.send("POST", ControlPath.webhookRetry("mine"), key: bob).status == 404)
    #expect(try await stage.send("POST", ControlPath.webhookRetry("later")).status == 404)
    #expect(try await stage.send("POST", ControlPath.webhookRetry("mine")).status == 202)
    // The courier tries it at once, and in vain.
    let end = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < end {
      let list = try await stage.send("GET", ControlPath.webhooks).decoded(WebhookList.self).webhooks
      if let mine = list.first(where: { $0.request == "mine" }), mine.attempts == 1 {
        #expect(!mine.isDead && mine.nextAt != nil)
        #expect(mine.problem?.hasPrefix("the receiver cannot be reached") == true, "\(mine.problem ?? "")")
        break
      }
      try await Task.sleep(for: .milliseconds(10))
    }
    #expect(try await ids("?dead=true") == ["bobs"])
    #expect(try await stage.send("POST", ControlPath.webhooksRetry, key: bob).status == 202)
    #expect(try await stage.send("POST", ControlPath.webhooksRetry).status == 202)
    await stage.server.stop(endingRunners: true)
  }

  @Test func theKeySetIsForEverybodyAndStaysTheSame() async throws {
    let folder = try TemporaryFolder()
    var first: String?
    for _ in 0..<2 {
      let stage = try await ServerStage(folder: folder)
      let answer = try await stage.send("GET", "/.well-known/jwks.json", key: "nobody:nothing")
      #expect(answer.status == 200)
      let text = String(decoding: answer.body, as: UTF8.self)
      #expect(text.contains(#""kty":"OKP""#) && text == first ?? text)
      first = text
      #expect(try await stage.send("POST", "/.well-known/jwks.json").status == 405)
      await stage.server.stop(endingRunners: true)
    }
  }
}
