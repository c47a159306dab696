import AppModel
import Gateway

/// Takes every `Key id:secret` for a valid one, with a limit.
struct PublicKeys: Authenticator {
  let version = 0
  let max: Int

  func grant(authorization: String?) -> Grant? {
    guard let id = authorization?.dropFirst("Key ".count).prefix(while: { $0 != ":" }), !id.isEmpty else { return nil }
    return Grant(Caller(id: "me", key: String(id)), concurrencyMax: max)
  }

  func concurrencyMax(ofKey id: String) -> Int? { max }
}
