// What can be wrong with certificates and keys, as the person reads it who can mend it.
extension ServerFailure {
  static func tlsNotSetUp(_ folder: DataFolder) -> ServerFailure {
    ServerFailure(
      code: "tls-not-set-up", message: "there is no certificate for TLS in \(folder.tls)",
      fix: "make one with 'apolune server tls init', or name your own with --tls-cert FILE and --tls-key FILE")
  }

  /// - Parameters:
  ///   - what: `certificate`, or `key`.
  ///   - reason: nil: it is not there.
  static func tlsFile(_ what: String, _ path: String, _ reason: String?) -> ServerFailure {
    guard let reason else {
      return ServerFailure(
        code: "\(what)-missing", message: "the \(what) \(path) is not there", fix: "name the file with --tls-\(what.flag) FILE")
    }
    return ServerFailure(
      code: "\(what)-unreadable", message: "the \(what) \(path) cannot be read: \(reason)",
      fix: "let the user who runs the server read it")
  }

  static func tlsInvalid(_ what: String, _ path: String, _ reason: String) -> ServerFailure {
    ServerFailure(
      code: "\(what)-invalid", message: "the \(what) \(path) cannot be used: \(reason)",
      fix: what == "key" ? "give a private key in PEM, without a password" : "give the certificate and its chain in PEM")
  }

  static func keyOfAnother(_ key: String, _ certificate: String) -> ServerFailure {
    ServerFailure(
      code: "certificate-key-mismatch", message: "the key \(key) is not the one of the certificate \(certificate)",
      fix: "give the two files that were made together")
  }

  static func certificateExpired(_ path: String, _ ended: String) -> ServerFailure {
    ServerFailure(
      code: "certificate-expired", message: "the certificate \(path) was valid until \(ended)", fix: "put a new one in its place")
  }

  static func certificateNotValidYet(_ path: String, _ begins: String) -> ServerFailure {
    ServerFailure(
      code: "certificate-not-valid-yet", message: "the certificate \(path) is valid from \(begins) on",
      fix: "see whether the clock of this machine is right")
  }

  static func authorityUnusable(_ reason: String) -> ServerFailure {
    ServerFailure(
      code: "authority-unusable", message: "the local authority \(reason)",
      fix: "make a new one with 'apolune server tls init --force', and let clients trust it")
  }

  static func nameInvalid(_ name: String) -> ServerFailure {
    ServerFailure(
      code: "name-invalid", message: "'\(name)' is neither a host's name nor an address", fix: "write one such as gpu.example.org"
    )
  }

  static func nameNotPermitted(_ name: CertificateName) -> ServerFailure {
    ServerFailure(
      code: "name-not-permitted", message: "the local authority was not made to vouch for \(name)",
      fix: "make a new one with --force and all names that are wanted, and let clients trust it again")
  }

  static func tlsFolder(_ error: any Error) -> ServerFailure {
    ServerFailure(code: "tls-folder", message: "certificates cannot be kept: \(error)")
  }
}

extension String {
  /// How the option is called that names the file.
  fileprivate var flag: String { self == "key" ? "key" : "cert" }
}
