import Crypto
import FoundationEssentials
import Glibc

/// The key of the server's owner, for the control API and for apps that are not public.
///
/// Made at the first start. The database holds its digest only; the key itself lies in `owner.key`, for this user alone, so
/// that nobody has to type one on the server's own machine.
struct OwnerKey: Sendable, Hashable {
  /// What the server compares keys with: the id in plain text, and SHA-256 of the secret.
  struct Digest: Sendable, Hashable, Codable {
    var id: String
    var secret: [UInt8]
  }

  /// `id:secret`, as fal writes keys.
  let text: String

  static func make() -> OwnerKey { OwnerKey(text: RunKey.make()) }

  var digest: Digest { Digest(of: text[...]) }
}

extension OwnerKey.Digest {
  /// Of `id:secret`. A text without a colon is all secret.
  init(of key: Substring) {
    let sides = key.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let (id, secret) = sides.count == 2 ? (sides[0], sides[1]) : ("", key)
    self.init(id: String(id), secret: Array(SHA256.hash(data: Data(secret.utf8))))
  }

  /// Whether an `Authorization` header carries the key, by either scheme: `Key` as fal's clients write it, or `Bearer`.
  func accepts(authorization: String?) -> Bool {
    guard let authorization else { return false }
    let sides = authorization.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
    guard sides.count == 2, ["key", "bearer"].contains(sides[0].lowercased()) else { return false }
    let given = Self(of: sides[1].drop { $0 == " " })
    // Both parts always, and each in the same time wherever the first difference is.
    let isSameID = Self.areEqual(Array(given.id.utf8), Array(id.utf8))
    let isSameSecret = Self.areEqual(given.secret, secret)
    return isSameID && isSameSecret
  }

  private static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for (first, second) in zip(left, right) { difference |= first ^ second }
    return difference == 0
  }
}
