import ControlAPI
import Foundation
import FoundationNetworking
import Testing

@testable import Host

/// fal's storage calls through the gateway of a real server.
@Suite(.serialized) struct FilesTests {
  private struct Answer {
    var status: Int
    var body: Data
    var headers: HTTPURLResponse?

    func header(_ name: String) -> String? { headers?.value(forHTTPHeaderField: name) }
    func word(_ name: String) throws -> String { try #require(JSONDecoder().decode([String: String].self, from: body)[name]) }
  }

  private func send(
    _ method: String, _ url: String, _ body: String? = nil, headers: [String: String] = [:]
  ) async throws -> Answer {
    var request = URLRequest(url: try #require(URL(string: url)), cachePolicy: .reloadIgnoringLocalCacheData)
    request.httpMethod = method
    request.httpBody = body.map { Data($0.utf8) }
    request.timeoutInterval = 60
    for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
    let (data, response) = try await URLSession.shared.data(for: request)
    return Answer(status: (response as? HTTPURLResponse)?.statusCode ?? 0, body: data, headers: response as? HTTPURLResponse)
  }

  private func token(_ stage: ServerStage) async throws -> [String: String] {
    var parts = try #require(URLComponents(string: stage.server.url))
    parts.host = "127.0.0.1"
    let port = try #require(parts.port)
    // `rest.localhost` is this machine by definition, and the role of fal's REST host by its first label.
    let answer = try await send(
      "POST", "http://rest.localhost:\(port)/storage/auth/token?storage_type=fal-cdn-v3", "{}",
      headers: ["Authorization": "Key \(stage.key)"])
    #expect(answer.status == 200)
    return try JSONDecoder().decode([String: String].self, from: answer.body)
  }

  @Test func aTokenIsWorthWhatItsKeyIs() async throws {
    let stage = try await ServerStage()
    let auth = ["Authorization": "Key \(stage.key)", "Content-Type": "application/json"]
    let made = try await send("POST", stage.server.url + "/v1/keys", #"{"preset":"API"}"#, headers: auth)
    let key = try JSONDecoder().decode(KeyCreated.self, from: made.body)
    let port = try #require(URLComponents(string: stage.server.url)?.port)
    let rest = "http://rest.localhost:\(port)/storage/auth/token?storage_type=fal-cdn-v3"
    let token = try await send("POST", rest, "{}", headers: ["Authorization": "Key \(key.key)"]).word("token")
    let bearer = ["Authorization": "Bearer \(token)"]
    #expect(try await send("POST", stage.server.url + "/files/upload", "1", headers: bearer).status == 200)
    #expect(try await send("POST", rest, "{}", headers: bearer).status == 401, "a token makes no token")
    #expect(try await send("DELETE", stage.server.url + "/v1/keys/\(key.info.id)", headers: auth).status < 300)
    #expect(try await send("POST", stage.server.url + "/files/upload", "1", headers: bearer).status == 401)
  }

  @Test func whatIsUploadedIsFetchedWholeAndInPartsUntilItIsOver() async throws {
    let stage = try await ServerStage()
    let auth = ["Authorization": "Key \(stage.key)"]
    let made = try await send(
      "POST", stage.server.url + "/files/upload", "0123456789",
      headers: auth.merging(["Content-Type": "text/plain", "X-Fal-File-Name": "../a b.txt"]) { $1 })
    #expect(made.status == 200)
    let url = try made.word("access_url")
    #expect(url.hasPrefix(stage.server.url + "/files/") && url.hasSuffix("/a_b.txt"))
    let whole = try await send("GET", url)
    #expect(whole.status == 200 && whole.body == Data("0123456789".utf8) && whole.header("Content-Type") == "text/plain")
    #expect(whole.header("Accept-Ranges") == "bytes" && whole.header("X-Content-Type-Options") == "nosniff")
    let part = try await send("GET", url, headers: ["Range": "bytes=2-4"])
    #expect(part.status == 206 && part.body == Data("234".utf8) && part.header("Content-Range") == "bytes 2-4/10")
    #expect(try await send("GET", url, headers: ["Range": "bytes=10-"]).status == 416)
    let head = try await send("HEAD", url)
    #expect(head.status == 200 && head.header("Content-Length") == "10" && head.body.isEmpty)
    let tag = try #require(whole.header("ETag"))
    #expect(try await send("GET", url, headers: ["If-None-Match": tag]).status == 304)
    for wrong in ["/../../owner.key", "/%2e%2e/owner.key", "x", "/multipart"] {
      #expect(try await send("GET", url + wrong).status == 404, "\(wrong)")
    }
    for wrong in ["/files/owner.key/a", "/files/..%2fowner.key/a", "/files/\(String(repeating: "0", count: 48))/a_b.txt"] {
      #expect(try await send("GET", stage.server.url + wrong).status == 404, "\(wrong)")
    }
    #expect(try await send("POST", stage.server.url + "/files/upload", "x").status == 401)
    let port = try #require(URLComponents(string: stage.server.url)?.port)
    let initiated = try await send(
      "POST", "http://rest.localhost:\(port)/storage/upload/initiate?storage_type=gcs",
      #"{"file_name":"c.bin","content_type":"text/html"}"#, headers: auth)
    let put = try initiated.word("upload_url").replacing("rest.localhost", with: "127.0.0.1")
    let file = try initiated.word("file_url").replacing("rest.localhost", with: "127.0.0.1")
    #expect(try await send("GET", file).status == 404)
    #expect(try await send("PUT", file, "bytes").status == 403)
    #expect(try await send("PUT", put + "0", "bytes").status == 403)
    for _ in 0..<2 { #expect(try await send("PUT", put, "bytes").status == 200) }
    #expect(try await send("PUT", put, "others").status == 409)
    #expect(try await send("GET", file).header("Content-Disposition")?.hasPrefix("attachment") == true)
    #expect(
      try await send("POST", stage.server.url + "/files/upload", "x", headers: ["Authorization": "Bearer 6d65.9.00"]).status
        == 401)
    let short = try await send(
      "POST", stage.server.url + "/files/upload", "x",
      headers: auth.merging(["X-Fal-Object-Lifecycle": #"{"expiration_duration_seconds":1}"#]) { $1 })
    let gone = try short.word("access_url")
    let end = ContinuousClock.now + .seconds(30)
    while try await send("GET", gone).status == 200, ContinuousClock.now < end {}
    #expect(try await send("GET", gone).status == 410)
    let hidden = try await send(
      "POST", stage.server.url + "/files/upload", "x",
      headers: auth.merging(["X-Fal-Object-Lifecycle": #"{"initial_acl":{"default":"forbid"}}"#]) { $1 })
    #expect(try await send("GET", hidden.word("access_url")).status == 404)
    #expect(try await send("GET", hidden.word("access_url"), headers: auth).status == 200)
    await stage.server.stop()
  }

  @Test func aFileMayComeInPartsInAnyOrder() async throws {
    let stage = try await ServerStage()
    let token = try await token(stage)
    let base = stage.server.url
    #expect(token["expires_at"]?.hasSuffix("+00:00") == true)
    let auth = ["Authorization": "\(token["token_type"] ?? "") \(token["token"] ?? "")"]
    let begun = try await send("POST", base + "/files/upload/multipart", "", headers: auth)
    let url = try begun.word("access_url")
    let parts = try "\(url)/multipart/\(begun.word("uploadId"))"
    #expect(try await send("GET", url).status == 404)
    var tags: [Int: String] = [:]
    try await withThrowingTaskGroup(of: (Int, String).self) { group in
      for number in (1...20).reversed() {
        group.addTask {
          let answer = try await send("PUT", "\(parts)/\(number)", "<\(number)>", headers: auth)
          return (number, try #require(answer.header("ETag")))
        }
      }
      for try await (number, tag) in group { tags[number] = tag }
    }
    #expect(try await send("PUT", "\(parts)/1", "x").status == 401)
    #expect(try await send("PUT", "\(parts)/0", "x", headers: auth).status == 400)
    #expect(try await send("PUT", "\(parts)/10001", "x", headers: auth).status == 400)
    struct Completion: Encodable {
      struct Part: Encodable {
        var partNumber: Int
        var etag: String
      }
      var parts: [Part]
    }
    func complete(_ parts: [Int: String]) throws -> String {
      let all = Completion(parts: parts.map { .init(partNumber: $0.key, etag: $0.value) })
      return String(decoding: try JSONEncoder().encode(all), as: UTF8.self)
    }
    var wrong = tags
    wrong[3] = wrong[4]
    var lacking = tags
    lacking[3] = nil
    for body in [try complete(wrong), try complete(lacking), try complete([1: "../../x"]), "{}", "nonsense"] {
      #expect(try await send("POST", parts + "/complete", body, headers: auth).status == 400)
    }
    #expect(try await send("POST", parts + "/complete", complete(tags), headers: auth).status == 200)
    #expect(try await send("POST", parts + "/complete", complete(tags), headers: auth).status == 200)
    let expected = (1...20).map { "<\($0)>" }.joined()
    #expect(String(decoding: try await send("GET", url).body, as: UTF8.self) == expected)
    let names = try FileManager.default.contentsOfDirectory(atPath: stage.folder.file("files"))
    #expect(names.count == 1, "\(names)")
    await stage.server.stop()
  }
}
