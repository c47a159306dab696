import FoundationEssentials
import Glibc
import Host
import Testing

@testable import Commands

@Suite final class ServerTrustTests {
  let root = "/tmp/apolune-trust-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
  var folder: DataFolder { DataFolder(named: root, environment: [:]) }

  init() throws {
    _ = try TLSInitialization.run(in: folder, names: [], force: false, environment: [:])
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  private func find(_ server: String, named: String? = nil, variable: String = "") throws -> ServerTrust {
    ServerTrust.find(
      named: named, for: try ServerLocation(server, .flag), folder: folder, environment: ["SSL_CERT_FILE": variable])
  }

  @Test func thisMachinesAuthorityIsTrustedForThisMachineAlone() throws {
    let here = try find("https://localhost:8443")
    #expect(here == ServerTrust(roots: nil, more: folder.authority))
    #expect(try here.configuration().additionalTrustRoots.count == 1)
    #expect(try find("https://gpu.example.org") == ServerTrust())
  }

  @Test func whatIsNamedStandsInPlaceOfTheSystemsRoots() throws {
    #expect(try find("https://gpu", variable: "/a.pem") == ServerTrust(roots: "/a.pem"))
    #expect(try find("https://127.0.0.1:1", variable: "/a.pem") == ServerTrust(roots: "/a.pem", more: folder.authority))
    #expect(try find("https://127.0.0.1:1", named: "/b.pem", variable: "/a.pem") == ServerTrust(roots: "/b.pem"))
    #expect(throws: CommandError.self) { try ServerTrust(roots: "/no/such/file").configuration() }
    let bundle = ServerTrust(roots: folder.trustBundle)
    #expect(throws: Never.self) { try bundle.configuration() }
  }
}
