import Testing

@testable import Host

@Suite struct CertificateNameTests {
  @Test(arguments: [
    ("localhost", "localhost"), ("GPU.Example.org.", "gpu.example.org"), ("*.example.org", "*.example.org"), ("box-1", "box-1"),
    ("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("[fe80::1]", "fe80::1"), ("xn--bcher-kva.example", "xn--bcher-kva.example"),
  ]) func namesAndAddressesAreRead(text: String, shown: String) {
    #expect(CertificateName(text)?.description == shown)
  }

  @Test(arguments: [
    "", ".", "a..b", "-a", "a-", "a_b", "a b", "a/b", "b\u{FC}cher.example", "1.2.3", "1.2.3.4.5", "256.1.1.1", "*", "*.",
    "a.*.b", String(repeating: "a", count: 64), "http://a", "a:1",
  ]) func whatIsNeitherIsRefused(text: String) {
    #expect(CertificateName(text) == nil)
  }

  @Test(arguments: [
    ("a.b", "a.b", true), ("*.b", "a.b", true), ("*.b", "b", false), ("*.b", "c.a.b", false), ("a.b", "b", false),
    ("127.0.0.1", "127.0.0.1", true), ("127.0.0.1", "127.0.0.2", false),
  ]) func aStarStandsForOneLabel(name: String, other: String, covers: Bool) throws {
    #expect(try #require(CertificateName(name)).covers(#require(CertificateName(other))) == covers)
  }

  @Test func everyHostHasItsPartsAndFalsNamesAreThere() throws {
    let more = [try #require(CertificateName("gpu.example.org")), try #require(CertificateName("10.0.0.7"))]
    let names = Set(CertificateNames.all(machine: "box", more: more).map(\.description))
    let wanted: Set<String> = [
      "localhost", "queue.localhost", "rest.localhost", "files.localhost", "box", "queue.box", "gpu.example.org",
      "files.gpu.example.org", "10.0.0.7", "127.0.0.1", "::1", "fal.run", "queue.fal.run", "rest.fal.ai", "v3.fal.media",
    ]
    #expect(wanted.isSubset(of: names), "missing: \(wanted.subtracting(names))")
    #expect(!names.contains("queue.10.0.0.7"))
    #expect(CertificateNames.all(machine: "not_a_name").contains(.host("localhost")))
  }

  @Test(arguments: [
    ("127.0.0.1", ["localhost", "box"], "https://localhost:1"), ("0.0.0.0", ["localhost"], "https://localhost:1"),
    ("10.0.0.7", ["localhost", "10.0.0.7"], "https://10.0.0.7:1"), ("0.0.0.0", ["gpu.example.org"], "https://gpu.example.org:1"),
    ("::1", ["::1"], "https://[::1]:1"), ("127.0.0.1", ["*.example.org"], "https://localhost:1"),
    ("box.example.org", ["*.example.org"], "https://box.example.org:1"),
  ]) func theAddressIsOneThatTheCertificateHas(host: String, names: [String], url: String) throws {
    #expect(TLSAddress.url(host: host, port: 1, names: names.compactMap { CertificateName($0) }) == url)
  }
}
