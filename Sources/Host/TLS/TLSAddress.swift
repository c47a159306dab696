/// Under which address clients reach the TLS listener so that its certificate is right.
enum TLSAddress {
  /// - Parameters:
  ///   - host: where it listens.
  ///   - names: of the certificate.
  /// - Returns: without a slash at the end. Where no name fits, with the host that it listens on.
  static func url(host: String, port: Int, names: [CertificateName]) -> String {
    "https://\(bracketed(name(host, names))):\(port)"
  }

  private static func name(_ host: String, _ names: [CertificateName]) -> String {
    let preferred = isOpenToThisMachine(host) ? "localhost" : host
    if covers(preferred, names) { return preferred }
    return names.first { $0.isPlain }?.description ?? preferred
  }

  /// Whether the certificate is right for those who connect to what the listener is bound to.
  static func fits(host: String, names: [CertificateName]) -> Bool {
    covers(isOpenToThisMachine(host) ? "localhost" : host, names)
  }

  private static func covers(_ host: String, _ names: [CertificateName]) -> Bool {
    guard let wanted = CertificateName(host) else { return false }
    return names.contains { $0.covers(wanted) }
  }

  /// Loopback, or all addresses of the machine: loopback is among them.
  private static func isOpenToThisMachine(_ host: String) -> Bool {
    ["0.0.0.0", "::", "::1", "localhost"].contains(host) || host.hasPrefix("127.")
  }

  private static func bracketed(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }
}
