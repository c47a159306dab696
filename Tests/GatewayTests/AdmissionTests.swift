import AppModel
import Synchronization
import Testing

@testable import Gateway

@Suite struct AdmissionTests {
  private static let ada = Caller(id: "ada", key: "k1")
  private static let bob = Caller(id: "bob", key: "k2")

  @Test(
    arguments: [
      (nil, nil, .unauthorized), (nil, Grant(ada), .notFound), (.private, nil, .unauthorized),
      (.private, Grant(ada), .admitted(ada)), (.private, Grant(bob), .notFound),
      (.private, Grant(ada, reach: .nothing), .notFound), (.shared, nil, .unauthorized),
      (.shared, Grant(bob), .admitted(bob)), (.shared, Grant(bob, reach: .nothing), .notFound),
      (.public, nil, .admitted(.anonymous)), (.public, Grant(bob), .admitted(bob)),
      (.public, Grant(bob, reach: .nothing), .admitted(bob)),
      (.private, Grant(.anonymous, reach: .everything), .admitted(Caller(id: "ada"))),
      (.private, Grant(bob, reach: .everything), .admitted(bob)),
    ] as [(Auth?, Grant?, Admission)])
  func whoMayCallIsDecidedByTheAppAndTheKey(auth: Auth?, grant: Grant?, admission: Admission) {
    #expect(Admission.decide(auth: auth, owner: "ada", grant: grant) == admission)
  }

  /// Keys that a test changes while requests go on.
  private final class Keys: Authenticator {
    private let state = Mutex<(version: Int, grants: [String: Grant])>((0, [:]))
    var version: Int { state.withLock { $0.version } }
    func grant(authorization: String?) -> Grant? { state.withLock { $0.grants[authorization ?? ""] } }
    func set(_ key: String, _ grant: Grant?) {
      state.withLock {
        $0.version += 1
        $0.grants[key] = grant
      }
    }
  }

  @Test func whatIsNotYoursLooksLikeWhatIsNotThere() async throws {
    let keys = Keys()
    keys.set("Key b", Grant(Self.bob))
    try await onStage(authenticator: keys) { stage in
      stage.route(auth: .private)
      for headers in ["", "Authorization: Key wrong\r\n"] {
        let mine = try await stage.post(headers: headers)
        #expect(mine.status == 401)
        #expect(mine.body == #"{"detail":"Cannot access application \"me/app\""}"#)
      }
      let other = try await stage.post(headers: "Authorization: Key b\r\n")
      #expect(other.status == 404)
      #expect(other.body == #"{"detail":"Application \"me/app\" not found"}"#)
    }
  }

  @Test func aRevokedKeyOpensNothingAnyMore() async throws {
    let keys = Keys()
    keys.set("Key m", Grant(Caller(id: "me", key: "m")))
    try await onStage(authenticator: keys) { stage in
      stage.route(auth: .private)
      _ = try await stage.runner()
      #expect(try await stage.post(headers: "Authorization: Key m\r\n").status == 200)
      keys.set("Key m", nil)
      #expect(try await stage.post(headers: "Authorization: Key m\r\n").status == 401)
    }
  }

  @Test func aKeyHasNoMoreRequestsUnderWayThanItMay() async throws {
    let keys = Keys()
    keys.set("Key m", Grant(Caller(id: "me", key: "m"), concurrencyMax: 1))
    let header = "Authorization: Key m\r\n"
    try await onStage(authenticator: keys) { stage in
      stage.route(auth: .private)
      let runner = try await stage.runner(slots: 4)
      let client = try await stage.client()
      try await client.post("/me/app/hold", headers: header)
      try await until("the runner has it") { runner.seen.withLock { $0.requests.count } == 1 }
      let refused = try await stage.post(headers: header)
      #expect(refused.status == 429)
      #expect(refused.headers["retry-after"] == "1" && refused.headers["x-fal-needs-retry"] == "1")
      #expect(refused.headers["x-fal-error-type"] == "concurrent_requests_limit")
      client.close()
      try await stage.becomesIdle()
      #expect(try await stage.post(headers: header).status == 200)
      #expect(try await stage.post(headers: header).status == 200)
    }
  }

  @Test func placesOfAKeyAreCountedAndComeBack() {
    let places = KeyPlaces()
    var held = [places.enter("k", max: 2), places.enter("k", max: 2)]
    #expect(!held.contains { $0 == nil } && places.enter("k", max: 2) == nil)
    held[0]?.leave()
    held[0]?.leave()
    #expect(places.taken == ["k": 1] && places.enter("other", max: 1) != nil)
    held = []
    #expect(places.taken.isEmpty)
  }
}
