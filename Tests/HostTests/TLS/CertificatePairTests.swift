import FoundationEssentials
import Glibc
import Testing
import X509

@testable import Host

/// An operator's own certificate, and what can be wrong with it.
@Suite struct CertificatePairTests {
  let root: TemporaryFolder
  private static let now = Date(timeIntervalSince1970: 1_800_000_000)

  init() throws {
    root = try TemporaryFolder()
    let authority = try LocalAuthority.make(for: [], machine: "box", now: Self.now - 86_400 * 300)
    for (name, age) in [("good", 1.0), ("other", 1), ("old", 200), ("early", -1)] {
      let text = try authority.issue([.host("localhost")], now: Self.now - 86_400 * age)
      let (certificate, key) = try Self.split(text)
      try root.write(certificate, to: "\(name).pem")
      try root.write(key, to: "\(name).key")
      try root.write(text, to: "\(name).both")
    }
    try root.write("no PEM at all", to: "empty.pem")
    try root.write("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", to: "broken.pem")
    try root.write("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n", to: "locked.key")
    root.makeFolder("folder.pem")
  }

  private static func split(_ text: String) throws -> (String, String) {
    let key = try #require(text.range(of: "-----BEGIN PRIVATE KEY"))
    return (String(text[..<key.lowerBound]), String(text[key.lowerBound...]))
  }

  private func load(_ certificate: String, _ key: String) throws -> CertificatePair {
    try CertificateSource.files(.init(certificate: root.file(certificate), key: root.file(key))).load(now: Self.now)
  }

  @Test(arguments: [("good.pem", "good.key"), ("good.both", "good.both")])
  func aCertificateIsReadWithItsKey(certificate: String, key: String) throws {
    #expect(try load(certificate, key).names == [.host("localhost")])
  }

  @Test(arguments: [
    ("none.pem", "good.key", "certificate-missing"), ("good.pem", "none.key", "key-missing"),
    ("folder.pem", "good.key", "certificate-unreadable"), ("empty.pem", "good.key", "certificate-invalid"),
    ("broken.pem", "good.key", "certificate-invalid"), ("good.pem", "good.pem", "key-invalid"),
    ("good.pem", "locked.key", "key-invalid"), ("good.pem", "other.key", "certificate-key-mismatch"),
    ("old.pem", "old.key", "certificate-expired"), ("early.pem", "early.key", "certificate-not-valid-yet"),
  ]) func whatIsWrongIsSaid(certificate: String, key: String, code: String) {
    let failure = #expect(throws: ServerFailure.self) { _ = try load(certificate, key) }
    #expect(failure?.code == code, "\(failure?.message ?? "")")
    #expect(failure?.fix != nil)
  }
}
