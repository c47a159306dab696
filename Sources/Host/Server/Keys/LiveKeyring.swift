import Access
import AppModel
import Gateway
import Glibc
import Store
import Synchronization

/// The keys that are valid now, for the gateway and for the control API: a revoked key opens nothing from the moment on at
/// which its revocation is answered.
final class LiveKeyring: Authenticator {
  private let current: Mutex<Keyring>
  private let changes = Atomic<Int>(0)
  /// Held while it is read again, so that what is older never takes the place of what is newer.
  private let reloading = Mutex(())
  private let store: Store
  let pepper: Pepper

  init(_ store: Store, pepper: Pepper) throws {
    self.store = store
    self.pepper = pepper
    current = Mutex(Keyring(pepper: pepper, keys: try store.keys()))
  }

  var version: Int { changes.load(ordering: .acquiring) }

  /// Reads the keys again, after each change. Blocks on the disk.
  func reload() throws {
    try reloading.withLock { _ in
      let fresh = Keyring(pepper: pepper, keys: try store.keys())
      current.withLock { $0 = fresh }
      changes.add(1, ordering: .acquiringAndReleasing)
    }
  }

  func verify(authorization: String?) -> AccessKey? {
    let now = Self.now
    return current.withLock { $0 }.verify(authorization: authorization, at: now)
  }

  func grant(authorization: String?) -> Grant? {
    guard let key = verify(authorization: authorization) else { return nil }
    return grant(key, isLasting: key.expiresAt == nil)
  }

  private func grant(_ key: AccessKey, isLasting: Bool) -> Grant {
    Grant(
      Caller(id: key.user, key: key.id), reach: key.may(.call) ? .user : .nothing, concurrencyMax: key.concurrencyMax,
      isLasting: isLasting)
  }

  /// A token is worth what its key is by now.
  func grant(token: String, app: String) -> Grant? {
    guard let token = RealtimeToken(token, pepper: pepper, at: Self.now), token.opens(app), let key = valid(id: token.key)
    else { return nil }
    return grant(key, isLasting: false)
  }

  /// nil: there is no such key, or not any more.
  func valid(id: String) -> AccessKey? {
    let now = Self.now
    return current.withLock { $0 }.key(id).flatMap { $0.isValid(at: now) ? $0 : nil }
  }

  func concurrencyMax(ofKey id: String) -> Int? { current.withLock { $0 }.key(id)?.concurrencyMax }

  /// Seconds since 1970.
  var now: Double { Self.now }

  private static var now: Double { Double(time(nil)) }
}
