import Access

/// Signs what lets its holder upload: no list of them has to be kept.
struct FileSignature: Sendable {
  /// How long a token or an upload URL is good for.
  static let seconds: Int64 = 3600

  let pepper: Pepper

  /// For `subject`: the id of a key, or that of a file.
  func permission(_ purpose: Purpose, _ subject: String, until seconds: Int64) -> String {
    let signature = pepper.signature(of: Self.message(subject, seconds), for: purpose.text)
    return "\(Array(subject.utf8).hexadecimal).\(seconds).\(signature.hexadecimal)"
  }

  /// Whom or what a permission is for; nil: it is forged, for another purpose, or over.
  func subject(_ purpose: Purpose, of permission: some StringProtocol, now: Int64) -> String? {
    let parts = permission.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let seconds = Int64(parts[1]), seconds > now, let subject = Self.text(hex: parts[0]),
      let given = Self.bytes(hex: parts[2])
    else { return nil }
    return pepper.isSignature(given, of: Self.message(subject, seconds), for: purpose.text) ? subject : nil
  }

  enum Purpose: String {
    case token, put

    fileprivate var text: String { "file \(rawValue)" }
  }

  private static func message(_ subject: String, _ seconds: Int64) -> [UInt8] { Array("\(seconds)\n\(subject)".utf8) }

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
