/// Where a webhook is sent: decides whether a URL may be one, and which of them are the same server.
///
/// Private and loopback addresses are allowed: whoever hosts their own platform has the receiver in the same network more
/// often than not, nothing that it answers is ever shown to a caller, and what is sent has a fixed form. Refused is what
/// only a mistake or an attack would name: the addresses by which clouds give credentials to the machine itself (all of
/// 169.254.0.0/16, fe80::/10 and their kind), those of many machines, and spellings of numbers that hide them. Redirects are
/// not followed, so that the address that was looked at is the one that is asked.
public struct WebhookTarget: Sendable, Hashable {
  /// fal's clients send it within the URL of the submit, which most servers and proxies cut at four times this.
  public static let lengthMax = 2048
  /// Of a host name; the DNS'.
  private static let hostLengthMax = 253

  public var isSecure: Bool
  /// In lower case; an IPv6 address without its brackets.
  public var host: String
  public var port: Int

  /// Of one server: scheme, host and port.
  public var name: String {
    let shown = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
    return "\(isSecure ? "https" : "http")://\(shown):\(port)"
  }

  /// Why `url` cannot be a webhook, in words that go on behind its name: "must begin with …"; nil: it can.
  public static func problem(_ url: String) -> String? {
    do throws(Refusal) {
      _ = try WebhookTarget(url)
      return nil
    } catch {
      return error.reason
    }
  }

  /// The server of `url`; for one that is refused, `url` itself.
  public static func name(of url: String) -> String {
    do throws(Refusal) {
      return try WebhookTarget(url).name
    } catch {
      return url
    }
  }

  public struct Refusal: Error, Hashable {
    public var reason: String
  }

  public init(_ url: String) throws(Refusal) {
    let bytes = Array(url.utf8)
    guard bytes.count <= Self.lengthMax else { throw Refusal(reason: "must not be longer than \(Self.lengthMax) bytes") }
    guard bytes.allSatisfy({ (0x21...0x7e).contains($0) }) else {
      throw Refusal(reason: "must consist of printable ASCII characters; write others as %XX")
    }
    let (isSecure, rest) = try Self.scheme(bytes)
    self.isSecure = isSecure
    let authority = rest.prefix { !"/?#\\".utf8.contains($0) }
    guard rest.dropFirst(authority.count).first != UInt8(ascii: "\\") else {
      throw Refusal(reason: "must not have a backslash behind its host")
    }
    guard !authority.contains(UInt8(ascii: "@")) else {
      throw Refusal(reason: "must not have a user name or password in it; put a secret into the path or the query")
    }
    let (host, port) = try Self.split(authority)
    self.host = String(decoding: host, as: UTF8.self).lowercased()
    self.port = try Self.port(port) ?? (isSecure ? 443 : 80)
    if let reason = WebhookHost.problem(self.host, isBracketed: authority.first == UInt8(ascii: "[")) {
      throw Refusal(reason: reason)
    }
    guard host.count <= Self.hostLengthMax else { throw Refusal(reason: "has a host name that is too long") }
  }

  private static func scheme(_ bytes: [UInt8]) throws(Refusal) -> (isSecure: Bool, rest: ArraySlice<UInt8>) {
    for (scheme, isSecure) in [("https://", true), ("http://", false)] {
      let start = String(decoding: bytes.prefix(scheme.utf8.count), as: UTF8.self).lowercased()
      if start == scheme { return (isSecure, bytes.dropFirst(scheme.utf8.count)) }
    }
    throw Refusal(reason: "must begin with http:// or https://")
  }

  private static func split(
    _ authority: ArraySlice<UInt8>
  ) throws(Refusal) -> (host: ArraySlice<UInt8>, port: ArraySlice<UInt8>?) {
    if authority.first == UInt8(ascii: "[") {
      guard let end = authority.firstIndex(of: UInt8(ascii: "]")) else { throw Refusal(reason: "has a '[' without its ']'") }
      let rest = authority[(end + 1)...]
      guard rest.isEmpty || rest.first == UInt8(ascii: ":") else { throw Refusal(reason: "has a host that cannot be one") }
      return (authority[(authority.startIndex + 1)..<end], rest.isEmpty ? nil : rest.dropFirst())
    }
    guard let colon = authority.firstIndex(of: UInt8(ascii: ":")) else { return (authority, nil) }
    return (authority[..<colon], authority[(colon + 1)...])
  }

  private static func port(_ digits: ArraySlice<UInt8>?) throws(Refusal) -> Int? {
    guard let digits, !digits.isEmpty else { return nil }
    guard digits.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(String(decoding: digits, as: UTF8.self)),
      (1...65535).contains(port)
    else { throw Refusal(reason: "must have a port from 1 to 65535, or none") }
    return port
  }
}
