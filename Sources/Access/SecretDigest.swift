/// HMAC-SHA256, under the server's pepper, of the SHA-256 of a secret.
///
/// The inner hash is what older data folders kept, so that their keys can be taken over without knowing them.
public struct SecretDigest: Sendable, Hashable {
  public var bytes: [UInt8]

  public init(bytes: [UInt8]) { self.bytes = bytes }

  /// Takes the same time wherever the first difference is, so that a secret cannot be guessed byte by byte.
  func equals(_ other: SecretDigest) -> Bool {
    guard bytes.count == other.bytes.count else { return false }
    var difference: UInt8 = 0
    for index in bytes.indices { difference |= bytes[index] ^ other.bytes[index] }
    return difference == 0
  }
}
