/// Which hosts a webhook may be sent to; see `WebhookTarget`.
enum WebhookHost {
  private static let notAHost = "has a host that cannot be one"
  private static let refused = "must not be sent to an address of the network's own: link-local, unspecified or multicast"
  /// By these, clouds give credentials to the machine itself.
  private static let metadataNames: Set<String> = ["metadata.google.internal", "metadata", "instance-data"]

  /// - Parameter host: in lower case, without brackets.
  static func problem(_ host: String, isBracketed: Bool) -> String? {
    if isBracketed {
      guard let words = words(host) else { return "has brackets around what is no IPv6 address" }
      return isRefused(words) ? refused : nil
    }
    guard !host.isEmpty, host.utf8.allSatisfy(isOfName) else { return notAHost }
    // A dot at the end means the same name.
    var labels = host.split(separator: ".", omittingEmptySubsequences: false)
    if labels.last?.isEmpty == true { labels.removeLast() }
    guard let last = labels.last, labels.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 63 }) else { return notAHost }
    guard !metadataNames.contains(labels.joined(separator: ".")) else { return refused }
    guard isNumber(last) else { return nil }
    guard labels.count == 4, let address = bytes(labels) else {
      return "must write an IPv4 address as four decimal numbers"
    }
    return isRefused(address) ? refused : nil
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// What a resolver may take for a number, and the whole name for an address, however it is written: 0xa9fea9fe, 017.1.
  private static func isNumber(_ label: Substring) -> Bool {
    label.utf8.allSatisfy { (0x30...0x39).contains($0) } || label.hasPrefix("0x")
  }

  /// Four numbers without leading zeroes, which some take for octal.
  private static func bytes(_ labels: [Substring]) -> [UInt8]? {
    let bytes = labels.compactMap { label in label.utf8.count > 1 && label.hasPrefix("0") ? nil : UInt8(label) }
    return bytes.count == 4 ? bytes : nil
  }

  private static func isRefused(_ address: [UInt8]) -> Bool {
    (address[0] == 169 && address[1] == 254) || address[0] == 0 || address[0] >= 224
  }

  private static func isRefused(_ words: [UInt16]) -> Bool {
    // IPv4 in IPv6, in one of its ways: mapped, compatible, or behind a translator.
    let isTranslated = words[0] == 0x64 && words[1] == 0xff9b
    let isMapped = words[..<5].allSatisfy { $0 == 0 } && (words[5] == 0xffff || words[5] == 0)
    if isTranslated || isMapped, words[6] != 0 {
      return isRefused([UInt8(words[6] >> 8), UInt8(words[6] & 0xff), UInt8(words[7] >> 8), UInt8(words[7] & 0xff)])
    }
    let isUnspecified = words.allSatisfy { $0 == 0 }
    // fd00:ec2::254 is Amazon's.
    let isMetadata = words[0] == 0xfd00 && words[1] == 0x0ec2
    return isUnspecified || isMetadata || words[0] & 0xffc0 == 0xfe80 || words[0] & 0xff00 == 0xff00
  }

  /// The eight words of an IPv6 address; nil when it is none. One with a zone is none.
  private static func words(_ text: String) -> [UInt16]? {
    let halves = text.components(separatedBy: "::")
    guard halves.count <= 2, let head = halves.first.flatMap({ group($0) }) else { return nil }
    guard halves.count == 2 else { return head.count == 8 ? head : nil }
    guard let tail = group(halves[1]), head.count + tail.count < 8 else { return nil }
    return head + [UInt16](repeating: 0, count: 8 - head.count - tail.count) + tail
  }

  private static func group(_ text: String) -> [UInt16]? {
    guard !text.isEmpty else { return [] }
    var words: [UInt16] = []
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      if index == parts.count - 1, part.contains(".") {
        let labels = part.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count == 4, let bytes = bytes(labels) else { return nil }
        words.append(UInt16(bytes[0]) << 8 | UInt16(bytes[1]))
        words.append(UInt16(bytes[2]) << 8 | UInt16(bytes[3]))
      } else {
        guard (1...4).contains(part.utf8.count), part.first != "+", let word = UInt16(part, radix: 16) else { return nil }
        words.append(word)
      }
    }
    return words
  }
}

extension String {
  /// As Foundation's, which pure code does without.
  fileprivate func components(separatedBy separator: String) -> [String] {
    var parts: [String] = []
    var rest = self[...]
    while let found = rest.firstRange(of: separator) {
      parts.append(String(rest[..<found.lowerBound]))
      rest = rest[found.upperBound...]
    }
    return parts + [String(rest)]
  }
}
