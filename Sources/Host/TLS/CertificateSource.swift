import FoundationEssentials
import Glibc

/// Where a server's certificate comes from.
enum CertificateSource: Sendable {
  /// The local authority, which issues another one before it ends.
  case local(DataFolder)
  /// The operator, who puts another one in its place before it ends.
  case files(TLSSetup.Files)

  /// A certificate of ours is renewed when it has this long left: a server that is started once a month never shows an
  /// outdated one.
  static let renewalMargin: TimeInterval = 30 * 86_400
  /// An operator's certificate that ends sooner is worth a warning, once a day.
  static let warningMargin: TimeInterval = 14 * 86_400
  private static let day: TimeInterval = 86_400

  /// What is to be shown now.
  ///
  /// - Throws: `ServerFailure`, where there is none that is valid.
  func load(now: Date) throws(ServerFailure) -> CertificatePair {
    switch self {
    case .local(let folder): return try Self.issued(in: folder, now: now)
    case .files(let files):
      let pair = try CertificatePair.read(files.certificate, key: files.key)
      try pair.check(files.certificate, now: now)
      return pair
    }
  }

  /// When to look at it again although nobody changed it.
  func review(of pair: CertificatePair, now: Date) -> Date {
    switch self {
    case .local: pair.leaf.notValidAfter - Self.renewalMargin
    case .files: max(pair.leaf.notValidAfter - Self.warningMargin, now + Self.day)
    }
  }

  /// Whether an operator should be told that it ends.
  func isEnding(_ pair: CertificatePair, now: Date) -> Bool {
    switch self {
    case .local: false
    case .files: pair.leaf.notValidAfter.timeIntervalSince(now) < Self.warningMargin
    }
  }

  /// Of the files that it is made of.
  var stamps: [FileStamp?] {
    switch self {
    case .local(let folder): [TLSFiles.stamp(folder.serverCertificate)]
    case .files(let files): [TLSFiles.stamp(files.certificate), TLSFiles.stamp(files.key)]
    }
  }

  // MARK: The local authority's

  private static func issued(in folder: DataFolder, now: Date) throws(ServerFailure) -> CertificatePair {
    let known = kept(in: folder)
    if let known, !isDue(known, now: now) { return known }
    guard let authority = try LocalAuthority.read(in: folder, now: now) else { throw .tlsNotSetUp(folder) }
    let wanted = CertificateNames.unique((known?.names ?? []) + CertificateNames.all(machine: machineName()))
    let scope = authority.scope
    return try issue(wanted.filter { scope?.permits($0) ?? true }, by: authority, in: folder, now: now)
  }

  /// What was issued last; nil for what cannot be used: another one is issued then.
  static func kept(in folder: DataFolder) -> CertificatePair? {
    try? CertificatePair.read(folder.serverCertificate, key: folder.serverCertificate)
  }

  static func isDue(_ pair: CertificatePair, now: Date) -> Bool {
    pair.leaf.notValidAfter.timeIntervalSince(now) <= renewalMargin
  }

  static func issue(
    _ names: [CertificateName], by authority: LocalAuthority, in folder: DataFolder, now: Date
  ) throws(ServerFailure) -> CertificatePair {
    do {
      try TLSFiles.write(authority.issue(names, now: now), to: folder.serverCertificate, mode: 0o600)
    } catch {
      throw .tlsFolder(error)
    }
    return try CertificatePair.read(folder.serverCertificate, key: folder.serverCertificate)
  }

  /// nil where the system does not say.
  static func machineName() -> String? {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return nil }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
