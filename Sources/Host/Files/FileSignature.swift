import Crypto
import FoundationEssentials
import Store

/// Signs what lets its holder upload: no list of them has to be kept.
struct FileSignature: Sendable {
  private static let setting = "files-secret"
  /// How long a token or an upload URL is good for.
  static let seconds: Int64 = 3600

  private let key: SymmetricKey

  init(secret: [UInt8]) { key = SymmetricKey(data: secret) }

  /// The secret lies in the database, which this user alone can read, from the first start on.
  static func prepare(_ store: Store) throws -> FileSignature {
    if let kept = try store.setting(setting) { return FileSignature(secret: Array(kept.utf8)) }
    let made = FileID.make() + FileID.make()
    try store.set(setting, to: made)
    return FileSignature(secret: Array(made.utf8))
  }

  /// For `subject`: a user, or one file.
  func permission(_ purpose: Purpose, _ subject: String, until seconds: Int64) -> String {
    "\(Array(subject.utf8).hexadecimal).\(seconds).\(mac(purpose, subject, seconds))"
  }

  /// Whom or what a permission is for; nil: it is forged, for another purpose, or over.
  func subject(_ purpose: Purpose, of permission: some StringProtocol, now: Int64) -> String? {
    let parts = permission.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let seconds = Int64(parts[1]), seconds > now, let subject = Self.text(hex: parts[0]),
      let given = Self.bytes(hex: parts[2])
    else { return nil }
    // Compared in constant time.
    let isValid = HMAC<SHA256>.isValidAuthenticationCode(
      given, authenticating: Self.message(purpose, subject, seconds), using: key)
    return isValid ? subject : nil
  }

  enum Purpose: String { case token, put }

  private func mac(_ purpose: Purpose, _ subject: String, _ seconds: Int64) -> String {
    Array(HMAC<SHA256>.authenticationCode(for: Self.message(purpose, subject, seconds), using: key)).hexadecimal
  }

  private static func message(_ purpose: Purpose, _ subject: String, _ seconds: Int64) -> Data {
    Data("\(purpose.rawValue)\n\(seconds)\n\(subject)".utf8)
  }

  private static func text(hex: some StringProtocol) -> String? {
    bytes(hex: hex).flatMap { String(validating: $0, as: UTF8.self) }
  }

  private static func bytes(hex: some StringProtocol) -> [UInt8]? {
    let digits = Array(hex.utf8)
    guard digits.count.isMultiple(of: 2), digits.count <= 1024 else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let byte = UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16) else { return nil }
      bytes.append(byte)
    }
    return bytes
  }
}
