import FoundationEssentials
import Glibc
import Testing
import X509

@testable import Host

@Suite struct TLSInitializationTests {
  let root: TemporaryFolder
  let folder: DataFolder
  private static let start = Date(timeIntervalSince1970: 1_800_000_000)
  private static let day: TimeInterval = 86_400

  init() throws {
    root = try TemporaryFolder()
    folder = DataFolder(named: root.path + "/data", environment: [:])
  }

  private func make(_ names: String..., force: Bool = false, days: Double = 0) throws -> TLSInitialization {
    try TLSInitialization.run(
      in: folder, names: names, force: force, environment: ["SSL_CERT_FILE": roots], now: Self.start + days * Self.day)
  }

  private var roots: String { root.file("roots.pem") }

  private func mode(_ path: String) -> mode_t {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
  }

  private func text(_ path: String) throws -> String { String(decoding: try TLSFiles.read(path) ?? [], as: UTF8.self) }

  @Test func theFirstCallMakesEverythingAndTheNextNothing() throws {
    try root.write("# a root\n", to: "roots.pem")
    let first = try make()
    #expect(first.isAuthorityNew && first.isCertificateNew)
    #expect(first.names.contains("localhost") && first.names.contains("queue.fal.run"))
    #expect(mode(folder.authorityKey) == 0o600 && mode(folder.serverCertificate) == 0o600)
    #expect(mode(folder.tls) == 0o700 && mode(folder.authority) == 0o644)
    let (authority, server) = (try text(folder.authority), try text(folder.serverCertificate))
    #expect(try text(folder.trustBundle).hasPrefix("# a root\n") && text(folder.trustBundle).hasSuffix(authority))
    var second = try make()
    #expect(!second.isAuthorityNew && !second.isCertificateNew)
    (second.isAuthorityNew, second.isCertificateNew) = (true, true)
    #expect(second == first)
    #expect(try text(folder.authority) == authority && text(folder.serverCertificate) == server)
  }

  @Test func anotherNameIsAnotherCertificateOfTheSameAuthority() throws {
    _ = try make("gpu.example.org")
    let authority = try text(folder.authority)
    let more = try make("queue.gpu.example.org", "10.0.0.7")
    #expect(!more.isAuthorityNew && more.isCertificateNew)
    #expect(Set(more.names).isSuperset(of: ["gpu.example.org", "10.0.0.7", "rest.queue.gpu.example.org"]))
    #expect(try text(folder.authority) == authority)
  }

  @Test func aNameThatTheAuthorityMayNotVouchForNeedsANewOne() throws {
    _ = try make("gpu.example.org")
    let before = try text(folder.serverCertificate)
    let failure = #expect(throws: ServerFailure.self) { _ = try make("gpu.example.net") }
    #expect(failure?.code == "name-not-permitted" && failure?.fix?.contains("--force") == true)
    #expect(try text(folder.serverCertificate) == before)
    let forced = try make("gpu.example.net", force: true)
    #expect(forced.isAuthorityNew && forced.names.contains("gpu.example.net") && !forced.names.contains("gpu.example.org"))
    #expect(#expect(throws: ServerFailure.self) { _ = try make("no name") }?.code == "name-invalid")
  }

  @Test func aCertificateIsRenewedBeforeItEndsAndKeepsItsNames() throws {
    _ = try make("gpu.example.org")
    let source = CertificateSource.local(folder)
    let first = try source.load(now: Self.start)
    #expect(try source.load(now: Self.start + 59 * Self.day).leaf == first.leaf)
    let review = source.review(of: first, now: Self.start)
    let second = try source.load(now: review)
    #expect(second.leaf != first.leaf && second.names.contains(.host("gpu.example.org")))
    #expect(second.leaf.notValidAfter > first.leaf.notValidAfter)
    #expect(try source.load(now: review).leaf == second.leaf)
  }

  @Test func aServerCertificateThatIsLostOrBrokenIsMadeAnewAndAnAuthorityIsNot() throws {
    _ = try make()
    let source = CertificateSource.local(folder)
    unlink(folder.serverCertificate)
    #expect(try source.load(now: Self.start).names.contains(.host("localhost")))
    try TLSFiles.write("-----BEGIN", to: folder.serverCertificate, mode: 0o600)
    #expect(try source.load(now: Self.start).names.contains(.host("localhost")))
    unlink(folder.serverCertificate)
    try TLSFiles.write("broken", to: folder.authorityKey, mode: 0o600)
    #expect(#expect(throws: ServerFailure.self) { _ = try source.load(now: Self.start) }?.code == "authority-unusable")
    let elsewhere = CertificateSource.local(DataFolder(named: root.path + "/other", environment: [:]))
    #expect(#expect(throws: ServerFailure.self) { _ = try elsewhere.load(now: Self.start) }?.code == "tls-not-set-up")
  }

  @Test func anAuthorityThatHasEndedSaysSo() throws {
    _ = try make()
    let failure = #expect(throws: ServerFailure.self) { _ = try make(days: 3651) }
    #expect(failure?.code == "authority-unusable" && failure?.fix?.contains("--force") == true)
    #expect(try make(force: true, days: 3651).isAuthorityNew)
  }
}
