import Access
import AppModel
import ControlAPI
import EngineCore
import Store

extension ControlService {
  func users() async throws -> APIAnswer {
    let users = try await disk.run { [store] in try store.users() }
    return try .json(
      UserList(users: users.map { UserInfo(name: $0.name, createdAt: $0.createdAt.secondsSince1970, keys: $0.keys) }))
  }

  func createUser(_ request: APIRequest) async throws -> APIAnswer {
    let name = try await request.json(UserCreation.self).name
    let now = clock.now
    try await disk.run { [store] in try store.createUser(name, at: now) }
    return try .json(UserInfo(name: name, createdAt: now.secondsSince1970, keys: 0), status: 201)
  }

  func deleteUser(_ request: APIRequest) async throws -> APIAnswer {
    let name = request.parameter("user")
    guard name != server.owner else {
      throw APIFailure(409, "user-owner", "the server's owner cannot be deleted")
    }
    try await changeKeys { try $0.deleteUser(name) }
    return .empty(status: 204)
  }

  /// The owner sees all, everybody else their own.
  func keys(_ request: APIRequest) async throws -> APIAnswer {
    let user = try whose(request)
    let keys = try await disk.run { [store] in try store.keys() }
    return try .json(KeyList(keys: keys.filter { user == nil || $0.user == user }.map(KeyInfo.init)))
  }

  func createKey(_ request: APIRequest) async throws -> APIAnswer {
    let creation = try await request.json(KeyCreation.self, standard: KeyCreation())
    let caller = try caller(request)
    let user = creation.user ?? caller.user
    guard user == caller.user || caller.user == server.owner else {
      throw APIFailure(403, "not-permitted", "only the server's owner may make keys of others")
    }
    guard let preset = KeyPreset(rawValue: (creation.preset ?? KeyPreset.full.rawValue).uppercased()) else {
      let known = KeyPreset.allCases.map(\.rawValue).joined(separator: ", ")
      throw APIFailure(422, "preset-unknown", "there is no preset of that name", fix: "it is one of \(known)")
    }
    if let lasts = creation.expiresIn, !(lasts > 0 && lasts <= Self.keyLifeMax) {
      throw APIFailure(422, "key-invalid", "a key lasts more than 0 and at most \(Int(Self.keyLifeMax)) seconds")
    }
    let made = OwnerKey.make()
    let digest = made.digest
    let now = clock.now.secondsSince1970
    let key = AccessKey(
      id: digest.id, user: user, preset: preset, description: creation.description, createdAt: now,
      expiresAt: creation.expiresIn.map { now + $0 }, concurrencyMax: creation.concurrency,
      digest: keyring.pepper.digest(ofHash: digest.secret))
    try await changeKeys { try $0.createKey(key) }
    return try .json(KeyCreated(key: made.text, info: KeyInfo(key)), status: 201)
  }

  func revokeKey(_ request: APIRequest) async throws -> APIAnswer {
    let user = try whose(request)
    let id = request.parameter("key")
    try await changeKeys { try $0.revokeKey(id, of: user) }
    return .empty(status: 204)
  }

  func whoAmI(_ request: APIRequest) throws -> APIAnswer {
    let key = try caller(request)
    return try .json(
      WhoAmI(
        user: key.user, serverOwner: server.owner, key: KeyInfo(key),
        permissions: key.preset.permissions.map(\.rawValue).sorted()))
  }

  /// Writes, and has the change count at once.
  private func changeKeys(_ change: @escaping @Sendable (Store) throws -> Void) async throws {
    try await disk.run { [store, keyring] in
      try change(store)
      try keyring.reload()
    }
  }

  private func caller(_ request: APIRequest) throws -> AccessKey {
    guard let key = request.key else { throw APIFailure(401, "not-authorized", "the key is missing") }
    return key
  }

  /// Whose things a request is about; nil: everybody's.
  func whose(_ request: APIRequest) throws -> String? {
    let caller = try caller(request)
    return caller.user == server.owner ? nil : caller.user
  }

  /// A hundred years: whoever wants more wants no end.
  private static let keyLifeMax = 3.2e9
}

extension KeyInfo {
  init(_ key: AccessKey) {
    self.init(id: key.id, user: key.user, preset: key.preset.rawValue, createdAt: key.createdAt)
    description = key.description
    expiresAt = key.expiresAt
    concurrency = key.concurrencyMax
  }
}
