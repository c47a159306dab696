import Crypto
import FoundationEssentials

/// Makes the key of a private run. It lives as long as the run and is kept in memory only.
enum RunKey {
  /// `id:secret` as fal writes keys: a UUID, and 32 random hex digits.
  static func make() -> String {
    let secret = SymmetricKey(size: .bits128).withUnsafeBytes { $0.hexadecimal }
    return "\(UUID().uuidString.lowercased()):\(secret)"
  }
}
