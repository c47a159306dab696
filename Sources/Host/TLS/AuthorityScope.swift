import X509

/// For which hosts an authority may vouch. Who trusts it trusts it with these alone, so that its key, if it is stolen,
/// opens nobody's bank. Addresses are free: common TLS libraries refuse a certificate whose authority limits them.
struct AuthorityScope: Hashable, Sendable {
  /// These and everything below them.
  private(set) var domains: [String]

  /// Owned by nobody on the internet: special-use names.
  private static let privateDomains = ["localhost", "local", "internal", "home.arpa", "test"]
  /// The domains of the names that clients of fal have built in.
  private static let foreignDomains = ["fal.run", "fal.ai", "fal.media"]

  /// What is private anyway, and these.
  init(of names: [CertificateName]) {
    domains = Self.privateDomains + Self.foreignDomains
    for case .host(let host) in names where !permits(.host(host)) {
      domains.append(host.hasPrefix("*.") ? String(host.dropFirst(2)) : host)
    }
  }

  /// As a certificate says it; nil for one that vouches for anybody.
  init?(_ constraints: NameConstraints?) {
    guard let constraints else { return nil }
    domains = constraints.permittedDNSDomains.map { $0.lowercased() }
  }

  var constraints: NameConstraints { NameConstraints(permittedDNSDomains: domains) }

  func permits(_ name: CertificateName) -> Bool {
    switch name {
    case .host(let host): domains.contains { host == $0 || host.hasSuffix("." + $0) }
    case .address: true
    }
  }
}
