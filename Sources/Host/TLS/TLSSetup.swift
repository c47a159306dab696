/// What a person asks of a server's TLS listener.
public struct TLSSetup: Sendable, Hashable {
  public var host: String
  /// 0: any that is free.
  public var port: Int
  /// nil: what the local authority issued.
  public var files: Files?

  /// Paths of PEM files.
  public struct Files: Sendable, Hashable {
    public var certificate: String
    public var key: String

    public init(certificate: String, key: String) {
      self.certificate = certificate
      self.key = key
    }
  }

  public init(host: String, port: Int, files: Files? = nil) {
    self.host = host
    self.port = port
    self.files = files
  }
}
