import Crypto
import Foundation
import Glibc
import Testing

@testable import Host

@Suite struct WebhookKeyTests {
  let folder: TemporaryFolder
  var path: String { folder.path + "/webhook.key" }

  init() throws { folder = try TemporaryFolder() }

  @Test func itIsMadeOnceForThisUserAlone() throws {
    let made = try WebhookKey.prepare(path)
    var status = stat()
    try #require(stat(path, &status) == 0)
    #expect(status.st_mode & 0o7777 == 0o600)
    #expect(try WebhookKey.prepare(path).keySet == made.keySet)
    let other = try WebhookKey.prepare(folder.path + "/other.key")
    #expect(other.keySet != made.keySet)
  }

  @Test(arguments: ["", "no key\n", "AAAA\n"]) func aFileThatHoldsSomethingElseIsRefusedAndKept(content: String) throws {
    try Data(content.utf8).write(to: URL(filePath: path))
    let failure = #expect(throws: ServerFailure.self) { try WebhookKey.prepare(path) }
    #expect(failure?.code == "webhook-key-damaged")
    #expect(try Data(contentsOf: URL(filePath: path)) == Data(content.utf8))
  }

  @Test func aSignatureIsOfRequestUserTimeAndBody() throws {
    let key = try WebhookKey.prepare(path)
    let body = Array(#"{"a":1}"#.utf8)
    let headers = try key.headers(request: "r", user: "ada", at: 1_700_000_000, body)
    #expect(headers.map(\.0) == ["Request-Id", "User-Id", "Timestamp", "Signature"].map { "X-Fal-Webhook-" + $0 })
    #expect(headers.prefix(3).map(\.1) == ["r", "ada", "1700000000"])
    #expect(try WebhookProof.isSigned(headers, body, by: key.keySet))
    #expect(try !WebhookProof.isSigned(headers, body + [0x20], by: key.keySet))
    for changed in 0..<3 {
      var headers = headers
      headers[changed].1 += "0"
      #expect(try !WebhookProof.isSigned(headers, body, by: key.keySet))
    }
    let other = try WebhookKey.prepare(folder.path + "/other.key")
    #expect(try !WebhookProof.isSigned(headers, body, by: other.keySet))
  }
}
