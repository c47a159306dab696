import Crypto
import FoundationEssentials

// What the server gives out and recognizes later, without keeping it.
extension Pepper {
  public func signature(of message: [UInt8], for purpose: String) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: message, using: key(for: purpose)))
  }

  /// Takes the same time wherever the first difference is.
  public func isSignature(_ signature: [UInt8], of message: [UInt8], for purpose: String) -> Bool {
    HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: message, using: key(for: purpose))
  }

  /// One for each purpose, so that no signature is good for another, nor ever the digest of a secret.
  private func key(for purpose: String) -> SymmetricKey {
    SymmetricKey(
      data: HMAC<SHA256>.authenticationCode(for: Data("apolune \(purpose)".utf8), using: SymmetricKey(data: bytes)))
  }
}
