import FoundationEssentials
import Platform

/// `apolune server tls init`: a local authority and a certificate of it, made once and kept as they are after that.
public struct TLSInitialization: Sendable, Hashable, Codable {
  /// File of the authority's certificate, for clients to trust.
  public var authority: String
  /// File of the system's roots and the authority.
  public var bundle: String
  /// Whether the authority is new, and has to be trusted yet.
  public var isAuthorityNew: Bool
  /// Whether the server's certificate was issued just now.
  public var isCertificateNew: Bool
  /// What the certificate is for.
  public var names: [String]
  /// Seconds since 1970. The server renews its certificate before.
  public var expiresAt: Double
  public var authorityExpiresAt: Double

  /// - Parameters:
  ///   - names: of this server, besides those that it has anyway. Names of an earlier call are kept.
  ///   - force: make everything anew.
  /// - Throws: `ServerFailure`; nothing that worked before was changed then.
  public static func run(
    in folder: DataFolder, names: [String], force: Bool, environment: [String: String]
  ) throws(ServerFailure) -> TLSInitialization {
    try run(in: folder, names: names, force: force, environment: environment, now: Date())
  }

  static func run(
    in folder: DataFolder, names: [String], force: Bool, environment: [String: String], now: Date
  ) throws(ServerFailure) -> TLSInitialization {
    var more: [CertificateName] = []
    for name in names {
      guard let name = CertificateName(name) else { throw .nameInvalid(name) }
      more.append(name)
    }
    let standard = CertificateNames.all(machine: CertificateSource.machineName(), more: more)
    let known = force ? nil : try LocalAuthority.read(in: folder, now: now)
    let authority = if let known { known } else { try made(for: standard, in: folder, now: now) }
    let (pair, isNew) = try certificate(standard, required: more, by: authority, in: folder, isFresh: known == nil, now: now)
    do { try TrustBundle.write(authority, in: folder, environment: environment) } catch { throw .tlsFolder(error) }
    return TLSInitialization(
      authority: folder.authority, bundle: folder.trustBundle, isAuthorityNew: known == nil, isCertificateNew: isNew,
      names: pair.names.map(\.description), expiresAt: pair.leaf.notValidAfter.timeIntervalSince1970,
      authorityExpiresAt: authority.certificate.notValidAfter.timeIntervalSince1970)
  }

  private static func made(
    for names: [CertificateName], in folder: DataFolder, now: Date
  ) throws(ServerFailure) -> LocalAuthority {
    do {
      try FileManager.default.createDirectory(
        atPath: folder.tls, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      let authority = try LocalAuthority.make(
        for: names, machine: CertificateSource.machineName() ?? "this machine", now: now)
      try authority.write(in: folder)
      return authority
    } catch {
      throw .tlsFolder(error)
    }
  }

  /// The one that is there, if it is the authority's and for all names; else a new one, for those it had before too.
  private static func certificate(
    _ wanted: [CertificateName], required: [CertificateName], by authority: LocalAuthority, in folder: DataFolder,
    isFresh: Bool, now: Date
  ) throws(ServerFailure) -> (CertificatePair, isNew: Bool) {
    let scope = authority.scope
    func permits(_ name: CertificateName) -> Bool { scope?.permits(name) ?? true }
    for name in required where !permits(name) { throw .nameNotPermitted(name) }
    let known = isFresh ? nil : CertificateSource.kept(in: folder)
    let names = CertificateNames.unique(wanted + (known?.names ?? [])).filter(permits)
    if let known, known.leaf.issuer == authority.certificate.subject, !CertificateSource.isDue(known, now: now),
      Set(known.names).isSuperset(of: names)
    {
      return (known, false)
    }
    return (try CertificateSource.issue(names, by: authority, in: folder, now: now), true)
  }
}
