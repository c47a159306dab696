import Testing

@testable import Host

@Suite struct AuthorityScopeTests {
  private let scope = AuthorityScope(of: ["gpu.example.org", "10.0.0.7", "*.lab.example.net"].compactMap { CertificateName($0) })

  @Test(arguments: [
    ("localhost", true), ("queue.localhost", true), ("gpu.example.org", true), ("queue.gpu.example.org", true),
    ("example.org", false), ("notgpu.example.org", false), ("a.lab.example.net", true), ("queue.fal.run", true),
    ("fal.dev", false), ("box.internal", true), ("example.com", false), ("8.8.8.8", true), ("::1", true),
  ]) func anAuthorityVouchesForWhatIsPrivateAndForWhatWasNamed(name: String, permits: Bool) throws {
    #expect(scope.permits(try #require(CertificateName(name))) == permits)
  }

  @Test func aCertificateCarriesIt() throws {
    #expect(AuthorityScope(scope.constraints) == scope)
    #expect(AuthorityScope(nil) == nil)
  }
}
