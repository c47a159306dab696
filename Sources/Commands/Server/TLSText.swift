import Host

/// What `server tls init` has made, and how to trust it.
enum TLSText {
  static func render(_ made: TLSInitialization, _ time: TimeText, _ style: Style) -> String {
    func until(_ end: Double, isNew: Bool) -> String { (isNew ? "new, until " : "until ") + time.moment(end) }
    let rows = [
      ("authority", "\(made.authority) (\(until(made.authorityExpiresAt, isNew: made.isAuthorityNew)))"),
      ("bundle", "\(made.bundle) (the system's roots and the authority)"),
      ("certificate", "\(until(made.expiresAt, isNew: made.isCertificateNew)), renewed by the server before"),
      ("names", made.names.joined(separator: ", ")),
    ]
    let width = 12
    var text = ""
    for (name, value) in rows {
      text += style.paint(name + String(repeating: " ", count: width - name.count), .dim) + PlainText.escaped(value) + "\n"
    }
    return text + "\n" + trust(made, style)
  }

  private static func trust(_ made: TLSInitialization, _ style: Style) -> String {
    let (authority, bundle) = (ShellWord.quoted(made.authority), ShellWord.quoted(made.bundle))
    return """
      Trust it on all of this machine (Debian, Ubuntu):
        sudo cp \(authority) /usr/local/share/ca-certificates/apolune.crt && sudo update-ca-certificates
      or in one shell:
        export SSL_CERT_FILE=\(bundle)
      Serve it:
        apolune server --tls-listen 127.0.0.1:8443

      """
  }
}
