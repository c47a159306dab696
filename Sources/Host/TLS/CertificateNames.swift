/// Which names the server's own certificate has.
enum CertificateNames {
  /// That an unmodified client of fal has built in: it reaches this server under them through its proxy.
  static let foreign = [
    "fal.run", "queue.fal.run", "ws.fal.run", "rest.fal.ai", "rest.alpha.fal.ai", "v3.fal.media", "v3b.fal.media",
  ].map { CertificateName.host($0) }

  /// Hosts that stand for one part of this server each.
  private static let parts = ["queue", "rest", "files"]

  /// - Parameters:
  ///   - machine: the host name of this machine; one that cannot stand in a certificate is left out.
  ///   - more: what the operator named.
  static func all(machine: String?, more: [CertificateName] = []) -> [CertificateName] {
    var hosts: [CertificateName] = [.host("localhost")]
    if let machine = machine.flatMap({ CertificateName($0) }) { hosts.append(machine) }
    let loopback: [CertificateName] = [.address([127, 0, 0, 1]), .address([UInt8](repeating: 0, count: 15) + [1])]
    var names: [CertificateName] = []
    for name in hosts + more { names += [name] + parts(of: name) }
    return unique(names + loopback + foreign)
  }

  /// An address has no parts, and neither has a name that stands for many.
  private static func parts(of name: CertificateName) -> [CertificateName] {
    guard case .host(let host) = name, name.isPlain else { return [] }
    return parts.map { .host("\($0).\(host)") }
  }

  static func unique(_ names: [CertificateName]) -> [CertificateName] {
    var seen: Set<CertificateName> = []
    return names.filter { seen.insert($0).inserted }
  }
}
