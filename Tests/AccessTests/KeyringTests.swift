import Testing

@testable import Access

@Suite struct KeyringTests {
  private let pepper: Pepper
  private let keyring: Keyring

  init() throws {
    pepper = try #require(Pepper(bytes: Pepper.random()))
    let digest = pepper.digest(ofSecret: "secret")
    keyring = Keyring(
      pepper: pepper,
      keys: [
        AccessKey(id: "id", user: "ada", preset: .api, createdAt: 0, digest: digest),
        AccessKey(id: "old", user: "ada", preset: .full, createdAt: 0, expiresAt: 100, digest: digest),
      ])
  }

  @Test(arguments: ["Key id:secret", "Bearer id:secret", "key id:secret", "BEARER  id:secret"])
  func aKeyIsKnownByEitherScheme(header: String) {
    #expect(keyring.verify(authorization: header, at: 1)?.user == "ada")
  }

  @Test(arguments: [
    nil, "", "Key", "Key ", "id:secret", "Key id:secret2", "Key id:secre", "Key id2:secret", "Key :secret", "Key secret",
    "Key id:", "Basic id:secret", "Key id:secret:", "Key id:SECRET", "Key id:secret" + String(repeating: " ", count: 600),
  ])
  func anythingElseIsNot(header: String?) {
    #expect(keyring.verify(authorization: header, at: 1) == nil)
  }

  @Test func aKeyOpensNothingFromItsEndOn() {
    #expect(keyring.verify(authorization: "Key old:secret", at: 99.9)?.id == "old")
    #expect(keyring.verify(authorization: "Key old:secret", at: 100) == nil)
  }

  @Test func anotherPepperKnowsNoKey() throws {
    let other = try #require(Pepper(bytes: Pepper.random()))
    #expect(other.digest(ofSecret: "secret") != pepper.digest(ofSecret: "secret"))
    #expect(Pepper(bytes: [1, 2, 3]) == nil)
  }

  @Test(arguments: [
    (KeyPreset.full, [Permission.admin, .call, .deploy, .read]), (.api, [.call]), (.deploy, [.call, .deploy, .read]),
    (.readOnly, [.read]),
  ])
  func aPresetMeansItsPermissions(preset: KeyPreset, permissions: [Permission]) {
    #expect(preset.permissions == Set(permissions))
  }

  @Test(arguments: [
    ("ada", true), ("a-b_3", true), ("", false), ("Ada", false), ("v1", false), ("queue", false), (".well-known", false),
    ("a/b", false), ("-a", false), ("ä", false), (String(repeating: "a", count: 40), false),
  ])
  func aUserNameFitsAnAddress(name: String, fits: Bool) {
    #expect((UserName.problem(name) == nil) == fits)
  }
}
