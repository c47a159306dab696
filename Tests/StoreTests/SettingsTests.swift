import EngineCore
import Testing

@testable import Store

@Suite struct SettingsTests {
  let folder: TemporaryFolder
  let store: Store

  init() throws {
    folder = try TemporaryFolder()
    store = try Store.open(folder: folder.path)
  }

  @Test func aSettingIsKeptReplacedAndRemoved() throws {
    #expect(try store.setting("key") == nil)
    try store.set("key", to: "one")
    try store.set("key", to: "two")
    try store.set("other", to: "")
    #expect(try store.settings() == ["key": "two", "other": ""])
    try store.set("key", to: nil)
    try store.close()
    let reopened = try Store.open(folder: folder.path)
    #expect(try reopened.settings() == ["other": ""])
    let huge = String(repeating: "x", count: Store.settingBytesMax + 1)
    #expect(try problem { try reopened.set("key", to: huge) }.code == "setting-too-large")
  }

  @Test func mainIsAlwaysThere() throws {
    #expect(try store.environments() == [StoredEnvironment(name: "main")])
    #expect(try store.hasEnvironment("main"))
    #expect(try problem { try store.createEnvironment("main", at: .seconds(1)) }.code == "environment-exists")
    #expect(try problem { try store.deleteEnvironment("main") }.code == "environment-main")
  }

  @Test func environmentsAreMadeAndDeleted() throws {
    try store.createEnvironment("staging", description: "before it counts", at: .seconds(5))
    try store.createEnvironment("dev", at: .seconds(6))
    #expect(
      try store.environments() == [
        StoredEnvironment(name: "main"), StoredEnvironment(name: "dev", createdAt: .seconds(6)),
        StoredEnvironment(name: "staging", description: "before it counts", createdAt: .seconds(5)),
      ])
    #expect(try problem { try store.createEnvironment("dev", at: .seconds(7)) }.code == "environment-exists")
    try store.deleteEnvironment("dev")
    #expect(try !store.hasEnvironment("dev"))
    #expect(try problem { try store.deleteEnvironment("dev") }.code == "environment-not-found")
  }

  @Test(arguments: ["", "Dev", "a--b", "a b", "ä", "a/b", String(repeating: "a", count: 33)])
  func aNameThatDoesNotFitAURLIsRefused(name: String) throws {
    #expect(try problem { try store.createEnvironment(name, at: .seconds(1)) }.code == "environment-name-invalid")
  }
}
