/// The TLS listener of a server.
public struct TLSInfo: Sendable, Hashable, Codable {
  /// Its address under a name that the certificate has, without a slash at the end.
  public var url: String
  public var port: Int
  /// Hosts and addresses that the certificate is for.
  public var names: [String]
  /// When the certificate ends, in seconds since 1970; one of the local authority is renewed before.
  public var expiresAt: Double
  /// File on the server's machine with what clients must trust: the system's roots and the local authority. nil: the
  /// certificate is the operator's own.
  public var bundle: String?

  public init(url: String, port: Int, names: [String], expiresAt: Double, bundle: String?) {
    self.url = url
    self.port = port
    self.names = names
    self.expiresAt = expiresAt
    self.bundle = bundle
  }
}
