/// What the operator's file says of a server, validated; what it leaves out has its default here.
public struct ServerConfiguration: Sendable, Hashable, Codable {
  /// Whose server it is; nil: the current user.
  public var owner: String?
  public var listen = ListenAddress.standard
  public var limits = Limits()
  /// The machines that runners may use; empty: this one, as it is.
  public var nodes: [NodeConfiguration] = []
  /// Machine types besides the built-in ones.
  public var machines: [MachineType] = []
  /// nil: plain HTTP alone.
  public var tls: TLS?

  /// What one deploy, and one app, may be at most.
  public struct Limits: Sendable, Hashable, Codable {
    /// All files of a bundle together.
    public var bundle: ByteCount = .megabytes(512)
    /// One file of a bundle.
    public var file: ByteCount = .megabytes(512)
    /// Runners of one app, whatever its `max_concurrency` says.
    public var runnersPerApp = 10_000

    public init() {}
  }

  /// Where TLS connections are taken, and what is shown to them.
  public struct TLS: Sendable, Hashable, Codable {
    public var listen = ListenAddress(host: "127.0.0.1", port: 8443)
    /// nil: what the local authority issued.
    public var files: Files?

    /// Paths of PEM files, relative to the configuration's folder.
    public struct Files: Sendable, Hashable, Codable {
      public var certificate: String
      public var key: String

      public init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
      }
    }

    public init() {}
  }

  public init() {}

  /// All machine types that scripts may name on this server.
  public var catalogue: [MachineType] { MachineType.builtIn + machines }
}
