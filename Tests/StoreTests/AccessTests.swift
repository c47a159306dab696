import Access
import EngineCore
import Testing

@testable import Store

@Suite struct AccessTests {
  private let folder: TemporaryFolder
  private let store: Store

  init() throws {
    folder = try TemporaryFolder()
    store = try Store.open(folder: folder.path)
  }

  private func key(_ id: String, _ pepper: Pepper) -> AccessKey {
    AccessKey(
      id: id, user: "ada", preset: .deploy, description: "d", createdAt: 5, expiresAt: 9.5, concurrencyMax: 3,
      digest: pepper.digest(ofSecret: "secret"))
  }

  @Test func keysLiveWithTheirUsers() throws {
    let pepper = try store.pepper()
    #expect(try problem { try store.createKey(key("k1", pepper)) }.code == "user-not-found")
    try store.createUser("ada", at: .seconds(1))
    #expect(try problem { try store.createUser("ada", at: .seconds(1)) }.code == "user-exists")
    #expect(try problem { try store.createUser("queue", at: .seconds(1)) }.code == "user-name-invalid")
    try store.createKey(key("k1", pepper))
    try store.createKey(key("k2", pepper))
    #expect(try problem { try store.createKey(key("k2", pepper)) }.code == "key-exists")
    #expect(try problem { try store.revokeKey("k2", of: "bob") }.code == "key-not-found")
    try store.revokeKey("k2")
    #expect(try store.users() == [StoredUser(name: "ada", createdAt: .seconds(1), keys: 1)])
    try store.close()
    let reopened = try Store.open(folder: folder.path)
    #expect(try reopened.keys() == [key("k1", pepper)])
    #expect(try reopened.pepper() == pepper)
    try reopened.deleteUser("ada")
    #expect(try reopened.keys().isEmpty && reopened.users().isEmpty)
    #expect(try problem { try reopened.deleteUser("ada") }.code == "user-not-found")
  }

  @Test func thePepperIsForThisUserAloneAndMissed() throws {
    let pepper = try store.pepper()
    #expect(try mode(folder.file("pepper")) == 0o600)
    #expect(try store.pepper() == pepper)
    try store.set("owner-key", to: "old")
    try store.adoptOwner(key("k1", pepper), dropping: "owner-key")
    #expect(try store.setting("owner-key") == nil)
    try folder.write([1, 2], to: "pepper")
    #expect(try problem { _ = try store.pepper() }.code == "pepper-invalid")
    try Files.remove(folder.file("pepper"))
    #expect(try problem { _ = try store.pepper() }.code == "pepper-missing")
  }
}
