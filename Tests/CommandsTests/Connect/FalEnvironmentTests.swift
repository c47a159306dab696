import ControlAPI
import Testing

@testable import Commands

@Suite struct FalEnvironmentTests {
  private static let names = ["localhost", "rest.fal.ai", "v3.fal.media"]

  private func facts(
    server: String = "http://127.0.0.1:8090", url: String = "http://127.0.0.1:8090", names: [String] = names,
    bundle: String? = "/d/tls/bundle.pem", roots: String? = nil, environment: [String: String] = [:]
  ) throws -> FalEnvironment.Facts {
    FalEnvironment.Facts(
      location: try ServerLocation(server, .flag), url: url,
      tls: TLSInfo(url: "https://localhost:8443", port: 8443, names: names, expiresAt: 0, bundle: bundle), key: "id:se'cret",
      roots: roots, environment: environment)
  }

  private func values(_ environment: FalEnvironment) -> [String: String] {
    Dictionary(uniqueKeysWithValues: environment.variables.map { ($0.name, $0.value) })
  }

  @Test func onTheServersMachineEverythingGoesToIt() throws {
    let environment = FalEnvironment(try facts())
    #expect(
      environment.text == #"""
        export FAL_KEY='id:se'\''cret'
        export FAL_RUN_HOST=localhost:8443
        export FAL_QUEUE_RUN_HOST=localhost:8443/queue
        export SSL_CERT_FILE=/d/tls/bundle.pem
        export HTTPS_PROXY=http://127.0.0.1:8090
        export NO_PROXY=localhost,127.0.0.1

        """#)
    #expect(environment.notes == [])
  }

  @Test func fromElsewhereThereIsNoProxy() throws {
    let plain = FalEnvironment(try facts(server: "http://gpu:8090"))
    #expect(values(plain)["FAL_RUN_HOST"] == "gpu:8443" && values(plain)["HTTPS_PROXY"] == nil)
    #expect(values(plain)["SSL_CERT_FILE"] == nil && plain.notes.count == 1)
    let secure = FalEnvironment(try facts(server: "https://gpu.example.org", roots: "/ca.pem"))
    #expect(values(secure)["FAL_QUEUE_RUN_HOST"] == "gpu.example.org/queue" && values(secure)["SSL_CERT_FILE"] == "/ca.pem")
  }

  @Test func aCertificateOfOnesOwnOrAListenerBesideLoopbackIsNoProxy() throws {
    let own = FalEnvironment(try facts(names: ["gpu.example.org"], bundle: nil))
    #expect(values(own)["HTTPS_PROXY"] == nil && values(own)["SSL_CERT_FILE"] == nil)
    #expect(own.notes.first?.contains("rest.fal.ai") == true)
    let wide = FalEnvironment(try facts(url: "http://192.168.1.2:8090"))
    #expect(values(wide)["HTTPS_PROXY"] == nil && wide.notes.first?.contains("loopback") == true)
  }

  @Test func proxiesThatWereThereAreReplacedInBothSpellings() throws {
    let before = ["https_proxy": "http://me:pass@proxy:3128", "NO_PROXY": ".lab, localhost", "no_proxy": ".lab, localhost"]
    let environment = FalEnvironment(try facts(environment: before))
    let values = values(environment)
    #expect(values["https_proxy"] == "http://127.0.0.1:8090" && values["HTTPS_PROXY"] == "http://127.0.0.1:8090")
    #expect(values["no_proxy"] == ".lab,localhost,127.0.0.1" && values["NO_PROXY"] == ".lab,localhost,127.0.0.1")
    #expect(environment.notes == ["the proxy proxy:3128 is not used any more"])
  }

  @Test(arguments: [("", "''"), ("a b", "'a b'"), ("/x/y-1.pem", "/x/y-1.pem"), ("$(ls)", "'$(ls)'"), ("it's", #"'it'\''s'"#)])
  func aWordOfAShellIsQuotedWhereItMustBe(text: String, word: String) { #expect(ShellWord.quoted(text) == word) }
}
