import ControlAPI
import Foundation
import Testing

@testable import Host

@Suite struct AccessTests {
  private func make(_ stage: ServerStage, _ change: (inout KeyCreation) -> Void) async throws -> KeyCreated {
    var creation = KeyCreation()
    change(&creation)
    let answer = try await stage.send("POST", ControlPath.keys, json: creation)
    #expect(answer.status == 201)
    return try answer.decoded(KeyCreated.self)
  }

  @Test func aKeyIsShownOnceAndOpensNothingOnceItIsRevoked() async throws {
    let stage = try await ServerStage()
    let made = try await make(stage) { $0.preset = "readonly" }
    #expect(made.key.hasPrefix(made.info.id + ":") && made.info.user == "me" && made.info.preset == "READONLY")
    let secret = String(made.key.dropFirst(made.info.id.count + 1))
    let listed = try await stage.send("GET", ControlPath.keys)
    #expect(try listed.decoded(KeyList.self).keys.contains(made.info))
    #expect(!String(decoding: listed.body, as: UTF8.self).contains(secret))
    #expect(try await stage.send("GET", ControlPath.status, key: made.key).status == 200)
    let refused = try await stage.send("POST", ControlPath.stop, body: Data("{}".utf8), key: made.key)
    #expect(refused.status == 403 && refused.problem?.code == "not-permitted")
    let me = try await stage.send("GET", ControlPath.whoAmI, key: made.key).decoded(WhoAmI.self)
    #expect(me.isOwner && me.permissions == ["read"])
    #expect(try await stage.send("DELETE", ControlPath.key(made.info.id)).status == 204)
    #expect(try await stage.send("GET", ControlPath.status, key: made.key).status == 401)
    #expect(try await stage.send("DELETE", ControlPath.key(made.info.id)).status == 404)
    await stage.server.stop(endingRunners: true)
  }

  @Test func anotherUserHasOwnKeysAndNothingOfTheOwners() async throws {
    let stage = try await ServerStage()
    #expect(try await stage.send("POST", ControlPath.users, json: UserCreation(name: "bob")).status == 201)
    #expect(try await stage.send("POST", ControlPath.users, json: UserCreation(name: "v1")).status == 422)
    let bob = try await make(stage) { $0.user = "bob" }
    for (method, path) in [
      ("GET", ControlPath.status), ("GET", ControlPath.users), ("GET", ControlPath.apps), ("POST", ControlPath.stop),
    ] {
      #expect(try await stage.send(method, path, key: bob.key).status == 403)
    }
    let own = try await stage.send("GET", ControlPath.keys, key: bob.key).decoded(KeyList.self)
    #expect(own.keys == [bob.info])
    let owners = try await stage.send("GET", ControlPath.keys).decoded(KeyList.self).keys.first { $0.user == "me" }
    let id = try #require(owners).id
    #expect(try await stage.send("DELETE", ControlPath.key(id), key: bob.key).status == 404)
    let forMe = try JSONEncoder().encode(["user": "me"])
    #expect(try await stage.send("POST", ControlPath.keys, body: forMe, key: bob.key).status == 403)
    #expect(try await stage.send("DELETE", ControlPath.user("me")).status == 409)
    #expect(try await stage.send("DELETE", ControlPath.user("bob")).status == 204)
    #expect(try await stage.send("GET", ControlPath.whoAmI, key: bob.key).status == 401)
    await stage.server.stop(endingRunners: true)
  }

  @Test func anOwnersKeyThatWasLostIsReplacedOnlyWhereNoServerRuns() async throws {
    let folder = try TemporaryFolder()
    let data = ServerStage.setup(folder).folder
    #expect(#expect(throws: ServerFailure.self) { _ = try OwnerKeyRecovery.run(data) }?.code == "owner-unknown")
    let stage = try await ServerStage(folder: folder)
    #expect(#expect(throws: ServerFailure.self) { _ = try OwnerKeyRecovery.run(data) }?.code == "data-folder-in-use")
    await stage.server.stop(endingRunners: true)
    let made = try OwnerKeyRecovery.run(data)
    let next = try await ServerStage(folder: folder)
    #expect(next.key == made.key && next.server.keyMade == nil)
    #expect(try await next.send("GET", ControlPath.status).status == 200)
    #expect(try await next.send("GET", ControlPath.status, key: stage.key).status == 200)
    await next.server.stop(endingRunners: true)
  }
}
