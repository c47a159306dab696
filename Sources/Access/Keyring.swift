/// All keys of a server at one moment. A change makes another one.
public struct Keyring: Sendable {
  private let pepper: Pepper
  private let keys: [String: AccessKey]
  /// Compared with where there is no key of an id, so that this takes as long as with one.
  private let nobody: SecretDigest

  public init(pepper: Pepper, keys: [AccessKey] = []) {
    self.pepper = pepper
    self.keys = Dictionary(keys.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    nobody = SecretDigest(bytes: [UInt8](repeating: 0, count: 32))
  }

  public func key(_ id: String) -> AccessKey? { keys[id] }

  /// The key that an `Authorization` header shows; nil for none, a wrong or an unknown one, and one that has expired.
  ///
  /// - Parameter now: seconds since 1970.
  public func verify(authorization: String?, at now: Double) -> AccessKey? {
    guard let shown = KeyCredential(authorization: authorization) else { return nil }
    let key = keys[String(shown.id)]
    // Always, whether or not there is such a key.
    let isSame = (key?.digest ?? nobody).equals(pepper.digest(ofSecret: shown.secret))
    guard let key, isSame, key.isValid(at: now) else { return nil }
    return key
  }
}
