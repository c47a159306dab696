/// Where `CONNECT` leads: a client that is told of this server as its proxy gets to us under fal's names, without these
/// having to resolve, and to everything else as if there were no proxy.
enum ConnectTarget: Hashable {
  /// This very server, over TLS.
  case own
  /// Passed on as it is.
  case elsewhere(host: String)
  case refused

  /// The port of HTTPS; nothing else is passed on, so that this is no way to mail servers and databases.
  static let port = 443
  /// Names that an unmodified client of fal has built in.
  private static let names: Set<String> = [
    "fal.run", "queue.fal.run", "ws.fal.run", "rest.fal.ai", "rest.alpha.fal.ai", "v3.fal.media", "v3b.fal.media",
  ]

  /// - Parameters:
  ///   - authority: `host:port`, as the client wrote it.
  ///   - tlsPort: where this server takes TLS connections; nil: it takes none.
  init(_ authority: String, tlsPort: Int?) {
    guard let colon = authority.lastIndex(of: ":"), let port = Int(authority[authority.index(after: colon)...]) else {
      self = .refused
      return
    }
    let host = authority[..<colon].lowercased()
    let isLocal = host == "localhost" || host.hasSuffix(".localhost") || host == "127.0.0.1" || host == "[::1]"
    if isLocal {
      self = port == Self.port || port == tlsPort ? .own : .refused
    } else if port != Self.port || host.isEmpty {
      self = .refused
    } else {
      self = Self.names.contains(host) ? .own : .elsewhere(host: Self.bare(host))
    }
  }

  /// An IPv6 address without its brackets.
  private static func bare(_ host: String) -> String {
    host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
  }
}
