import Platform

/// One file with everything that a client is to trust: `SSL_CERT_FILE` stands in place of the system's roots, and programs
/// that were pointed here mostly need the internet too.
enum TrustBundle {
  /// Where systems keep their roots: Debian and Arch, Fedora, openSUSE, Alpine and the BSDs.
  private static let places = [
    "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem",
  ]
  /// Says which file the roots are in, for programs and for us.
  static let variable = "SSL_CERT_FILE"

  /// Writes it, unless it says this already.
  static func write(_ authority: LocalAuthority, in folder: DataFolder, environment: [String: String]) throws {
    let text = try roots(folder, environment) + "# The local authority of an Apolune server\n" + authority.pem()
    if let known = try TLSFiles.read(folder.trustBundle), known.elementsEqual(text.utf8) { return }
    try TLSFiles.write(text, to: folder.trustBundle, mode: 0o644)
  }

  /// Empty on a machine without any.
  private static func roots(_ folder: DataFolder, _ environment: [String: String]) throws(SystemError) -> String {
    // A bundle that was made here already holds an authority, maybe one that is gone.
    let named = environment[variable].flatMap { $0.isEmpty || $0.hasSuffix("/tls/bundle.pem") ? nil : $0 }
    for place in [named].compactMap({ $0 }) + places {
      guard let bytes = try TLSFiles.read(place) else { continue }
      let text = String(decoding: bytes, as: UTF8.self)
      return text.hasSuffix("\n") || text.isEmpty ? text : text + "\n"
    }
    return ""
  }
}
