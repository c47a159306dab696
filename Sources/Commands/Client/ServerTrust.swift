import FoundationEssentials
import Host
import NIOSSL

/// Which certificates of servers a command takes.
struct ServerTrust: Sendable, Hashable {
  /// A file of roots that stand in place of the system's; nil: the system's.
  var roots: String?
  /// A file of one more.
  var more: String?

  /// Programs agree on this name for such a file.
  static let variable = "SSL_CERT_FILE"

  /// `--ca`, else `$SSL_CERT_FILE`, else the system's roots; and this machine's authority for a server on this machine.
  static func find(
    named: String?, for server: ServerLocation, folder: DataFolder, environment: [String: String]
  ) -> ServerTrust {
    let file = named ?? environment[variable].flatMap { $0.isEmpty ? nil : $0 }
    let isOurs = server.isOwn && FileManager.default.fileExists(atPath: folder.authority)
    return ServerTrust(roots: file, more: named == nil && isOurs ? folder.authority : nil)
  }

  /// The file that another program must be told of to take the certificate of a server; nil: none, as far as is known.
  var file: String? { more ?? roots }

  /// - Throws: `CommandError` for a file that holds no certificates.
  func configuration() throws(CommandError) -> TLSConfiguration {
    var configuration = TLSConfiguration.makeClientConfiguration()
    if let roots { configuration.trustRoots = .certificates(try Self.read(roots)) }
    if let more { configuration.additionalTrustRoots = [.certificates(try Self.read(more))] }
    return configuration
  }

  private static func read(_ path: String) throws(CommandError) -> [NIOSSLCertificate] {
    do {
      return try NIOSSLCertificate.fromPEMFile(path)
    } catch {
      throw CommandError(
        "ca-unreadable", "the file of trusted certificates \(path) cannot be used: \(error)",
        fix: "name a file in PEM with --ca or $\(variable)")
    }
  }
}
