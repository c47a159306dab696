import Crypto
import FoundationEssentials
import Glibc
import Platform
import SwiftASN1
import X509

/// An authority of this machine's own: what it issues is trusted by clients that were told to trust it.
struct LocalAuthority: Sendable {
  /// Ten years: whoever trusts it must be told again when it ends.
  private static let lifetime: TimeInterval = 10 * 365 * 86_400
  /// Ninety days: short enough that renewal is no rare event, and within what every client takes.
  static let certificateLifetime: TimeInterval = 90 * 86_400
  /// Clients' clocks may be behind by this.
  private static let clockSlack: TimeInterval = 3_600

  let certificate: Certificate
  private let key: Certificate.PrivateKey

  /// nil: it vouches for anybody.
  var scope: AuthorityScope? { AuthorityScope(try? certificate.extensions.nameConstraints) }

  /// Makes one for what is private anyway and for `names`.
  ///
  /// - Parameter machine: told to whoever looks at their list of trusted authorities.
  static func make(for names: [CertificateName], machine: String, now: Date) throws -> LocalAuthority {
    let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
    let subject = try DistinguishedName {
      CommonName("Apolune on \(machine), made \(now.inWords)")
      OrganizationName("Apolune")
    }
    let certificate = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey,
      notValidBefore: now - clockSlack, notValidAfter: now + lifetime, issuer: subject, subject: subject,
      signatureAlgorithm: .ecdsaWithSHA256,
      extensions: try Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
        Critical(KeyUsage(keyCertSign: true, cRLSign: true))
        Critical(AuthorityScope(of: names).constraints)
        SubjectKeyIdentifier(hash: key.publicKey)
      }, issuerPrivateKey: key)
    return LocalAuthority(certificate: certificate, key: key)
  }

  /// A certificate and a key of its own for a server with these names, in PEM, the key last.
  func issue(_ names: [CertificateName], now: Date) throws -> String {
    let secret = P256.Signing.PrivateKey()
    let publicKey = Certificate.PrivateKey(secret).publicKey
    let issued = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: publicKey, notValidBefore: now - Self.clockSlack,
      notValidAfter: min(now + Self.certificateLifetime, certificate.notValidAfter), issuer: certificate.subject,
      subject: try DistinguishedName { CommonName("Apolune server") }, signatureAlgorithm: .ecdsaWithSHA256,
      extensions: try Certificate.Extensions {
        Critical(BasicConstraints.notCertificateAuthority)
        Critical(KeyUsage(digitalSignature: true))
        try ExtendedKeyUsage([.serverAuth])
        SubjectKeyIdentifier(hash: publicKey)
        AuthorityKeyIdentifier(keyIdentifier: SubjectKeyIdentifier(hash: certificate.publicKey).keyIdentifier)
        SubjectAlternativeNames(names.map(\.general))
      }, issuerPrivateKey: key)
    return try issued.serializeAsPEM().pemString + "\n" + secret.pemRepresentation + "\n"
  }

  // MARK: Files

  /// - Returns: nil where there is none.
  static func read(in folder: DataFolder, now: Date) throws(ServerFailure) -> LocalAuthority? {
    guard TLSFiles.stamp(folder.authority) != nil else { return nil }
    let pair: CertificatePair
    do {
      pair = try CertificatePair.read(folder.authority, key: folder.authorityKey)
    } catch {
      throw .authorityUnusable("cannot be used: \(error.message)")
    }
    guard now < pair.leaf.notValidAfter else { throw .authorityUnusable("was valid until \(pair.leaf.notValidAfter.inWords)") }
    return LocalAuthority(certificate: pair.leaf, key: pair.key)
  }

  /// The key first: an authority without its key is of no use, and a key without an authority is made anew.
  func write(in folder: DataFolder) throws {
    try TLSFiles.write(try key.serializeAsPEM().pemString + "\n", to: folder.authorityKey, mode: 0o600)
    try TLSFiles.write(try pem(), to: folder.authority, mode: 0o644)
  }

  func pem() throws -> String { try certificate.serializeAsPEM().pemString + "\n" }
}
