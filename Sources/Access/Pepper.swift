import Crypto
import FoundationEssentials

/// Random bytes that lie outside the database: whoever gets hold of a copy of that alone cannot try secrets on it.
public struct Pepper: Sendable, Hashable {
  public static let byteCount = 32

  public let bytes: [UInt8]

  /// nil unless there are `byteCount` of them.
  public init?(bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }

  /// A new one, from the system's generator.
  public static func random() -> [UInt8] { SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) } }

  public func digest(ofSecret secret: some StringProtocol) -> SecretDigest {
    digest(ofHash: Array(SHA256.hash(data: Data(secret.utf8))))
  }

  /// Of a secret whose SHA-256 is known.
  public func digest(ofHash hash: [UInt8]) -> SecretDigest {
    SecretDigest(bytes: Array(HMAC<SHA256>.authenticationCode(for: Data(hash), using: SymmetricKey(data: bytes))))
  }
}
