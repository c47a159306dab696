import Access
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
    let shown = KeyCredential(key)
    self.init(id: String(shown.id), secret: Array(SHA256.hash(data: Data(shown.secret.utf8))))
  }
}
