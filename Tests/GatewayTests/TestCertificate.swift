import Crypto
import FoundationEssentials
import Gateway
import NIOSSL
import SwiftASN1
import X509

/// A certificate that nobody but its own clients trusts.
struct TestCertificate {
  let pem: [UInt8]
  let key: [UInt8]

  init(names: [String] = ["localhost", "fal.run", "queue.fal.run"]) throws {
    let secret = P256.Signing.PrivateKey()
    let signer = Certificate.PrivateKey(secret)
    let subject = try DistinguishedName { CommonName("test") }
    let certificate = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: signer.publicKey,
      notValidBefore: Date(timeIntervalSinceNow: -3600), notValidAfter: Date(timeIntervalSinceNow: 3600),
      issuer: subject, subject: subject, signatureAlgorithm: .ecdsaWithSHA256,
      extensions: try Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
        SubjectAlternativeNames(names.map { .dnsName($0) })
      }, issuerPrivateKey: signer)
    pem = Array(try certificate.serializeAsPEM().pemString.utf8)
    key = Array(secret.pemRepresentation.utf8)
  }

  func identity() throws -> TLSIdentity { try TLSIdentity(certificates: pem, key: key) }

  func client(_ adjust: (inout TLSConfiguration) -> Void = { _ in }) throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(pem))
    adjust(&configuration)
    return try NIOSSLContext(configuration: configuration)
  }
}
