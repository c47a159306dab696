/// Where a server takes connections: `127.0.0.1:8090`, `[::1]:8090`.
public struct ListenAddress: Sendable, Hashable, Codable {
  /// A name or an address; an IPv6 address without its brackets.
  public var host: String
  /// 0: any that is free.
  public var port: Int

  public init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// Where a server listens when nobody says otherwise: on this machine only.
  public static let standard = ListenAddress(host: "127.0.0.1", port: 8090)

  /// Reads `HOST:PORT`; nil for anything else.
  public init?(text: String) {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    let digits = text[text.index(after: colon)...]
    guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let port = Int(digits), port <= 65_535
    else { return nil }
    var host = text[..<colon]
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]") && host.utf8.count > 2
    if isBracketed { host = host.dropFirst().dropLast() }
    guard !host.isEmpty, host.utf8.count <= 253, host.utf8.allSatisfy({ Self.isLegal($0, isBracketed) }) else { return nil }
    self.init(host: String(host), port: port)
  }

  private static func isLegal(_ byte: UInt8, _ isBracketed: Bool) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "."), UInt8(ascii: "-"):
      true
    case UInt8(ascii: ":"), UInt8(ascii: "%"): isBracketed
    default: false
    }
  }
}

extension ListenAddress: CustomStringConvertible {
  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
