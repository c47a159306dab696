import Glibc
import SwiftASN1
import X509

/// What a certificate vouches for: a host's name, or an address.
enum CertificateName: Hashable, Sendable {
  /// In lower case, without a dot at its end.
  case host(String)
  /// Four bytes, or sixteen.
  case address([UInt8])

  /// Bytes of a host name, as the domain name system has it.
  private static let hostMax = 253
  /// Bytes between two dots.
  private static let labelMax = 63

  /// nil for what is neither. A name may begin with `*.`.
  init?(_ text: String) {
    let bare = text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
    if let bytes = Self.bytes(of: bare) {
      self = .address(bytes)
      return
    }
    let name = (text.hasSuffix(".") ? String(text.dropLast()) : text).lowercased()
    let plain = name.hasPrefix("*.") ? name.dropFirst(2) : Substring(name)
    let labels = plain.split(separator: ".", omittingEmptySubsequences: false)
    let isNumber = labels.last.map { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } } ?? true
    guard name.utf8.count <= Self.hostMax, !isNumber, labels.allSatisfy({ Self.isLabel($0) }) else { return nil }
    self = .host(name)
  }

  init?(_ name: GeneralName) {
    switch name {
    case .dnsName(let host): self = .host(host.lowercased())
    case .ipAddress(let bytes): self = .address(Array(bytes.bytes))
    default: return nil
    }
  }

  private static func isLabel(_ label: Substring) -> Bool {
    (1...labelMax).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
      && label.utf8.allSatisfy { byte in
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
      }
  }

  private static func bytes(of text: String) -> [UInt8]? {
    var four = in_addr()
    if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: four) { Array($0) } }
    var six = in6_addr()
    return inet_pton(AF_INET6, text, &six) == 1 ? withUnsafeBytes(of: six) { Array($0) } : nil
  }

  var general: GeneralName {
    switch self {
    case .host(let name): .dnsName(name)
    case .address(let bytes): .ipAddress(ASN1OctetString(contentBytes: bytes[...]))
    }
  }

  /// Whether a certificate with this name is one of `other`: a star stands for one label.
  func covers(_ other: CertificateName) -> Bool {
    if self == other { return true }
    guard case .host(let name) = self, case .host(let wanted) = other, name.hasPrefix("*."),
      let dot = wanted.firstIndex(of: ".")
    else { return false }
    return wanted[dot...] == name.dropFirst()
  }

  /// Can be connected to as it stands.
  var isPlain: Bool {
    switch self {
    case .host(let name): !name.hasPrefix("*.")
    case .address: true
    }
  }
}

extension CertificateName: CustomStringConvertible {
  /// As it is written on a command line; an IPv6 address without its brackets.
  var description: String {
    switch self {
    case .host(let name): name
    case .address(let bytes): Self.text(of: bytes)
    }
  }

  private static func text(of bytes: [UInt8]) -> String {
    let family = bytes.count == 4 ? AF_INET : AF_INET6
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    guard bytes.count == 4 || bytes.count == 16, inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else {
      return "an address of \(bytes.count) bytes"
    }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
