import NIOCore
import NIOSSL

/// What a TLS listener shows to its clients: certificate, its chain, and how it speaks.
public struct TLSIdentity: Sendable {
  /// A client must answer our end of a connection by then: what it asked for it has.
  private static let shutdownMax = TimeAmount.seconds(1)

  let context: NIOSSLContext

  /// - Parameters:
  ///   - certificates: PEM; the server's own one first, then its chain.
  ///   - key: PEM.
  /// - Throws: `GatewayError.unusableCertificate`
  public init(certificates: [UInt8], key: [UInt8]) throws(GatewayError) {
    do {
      let chain = try NIOSSLCertificate.fromPEMBytes(certificates)
      let key = try NIOSSLPrivateKey(bytes: key, format: .pem)
      var configuration = TLSConfiguration.makeServerConfiguration(
        certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
      configuration.minimumTLSVersion = .tlsv12
      // What is behind it speaks nothing else, and a client that could must not try.
      configuration.applicationProtocols = ["http/1.1"]
      configuration.shutdownTimeout = Self.shutdownMax
      context = try NIOSSLContext(configuration: configuration)
    } catch {
      throw .unusableCertificate(reason: "\(error)")
    }
  }

  func handler() -> NIOSSLServerHandler { NIOSSLServerHandler(context: context) }
}
