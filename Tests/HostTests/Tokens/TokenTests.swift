import Foundation
import FoundationNetworking
import Glibc
import Testing

@testable import Host

/// Tokens for websockets: made over fal's REST calls, and looked at by the gateway.
@Suite(.serialized) struct TokenTests {
  private func ask(
    _ stage: ServerStage, _ path: String, _ body: String, key: String? = nil, method: String = "POST"
  ) async throws -> (status: Int, text: String) {
    let port = try #require(URLComponents(string: stage.server.url)?.port)
    // The role of fal's REST host by its first label.
    var request = URLRequest(url: try #require(URL(string: "http://rest.localhost:\(port)\(path)")))
    request.httpMethod = method
    request.httpBody = method == "GET" ? nil : Data(body.utf8)
    request.timeoutInterval = 60
    if let key { request.setValue("Key \(key)", forHTTPHeaderField: "Authorization") }
    let (data, response) = try await URLSession.shared.data(for: request)
    return ((response as? HTTPURLResponse)?.statusCode ?? 0, String(decoding: data, as: UTF8.self))
  }

  /// The status that a websocket's handshake for the app is answered with.
  private func handshake(_ stage: ServerStage, _ app: String, token: String) throws -> String {
    let port = try #require(URLComponents(string: stage.server.url)?.port)
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var patience = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    try #require(connected == 0)
    let request =
      "GET /\(app)/talk?fal_jwt_token=\(token) HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    _ = request.withCString { Glibc.send(descriptor, $0, strlen($0), 0) }
    var buffer = [UInt8](repeating: 0, count: 12)
    let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_WAITALL))
    return String(decoding: buffer.prefix(max(0, count)).suffix(3), as: UTF8.self)
  }

  @Test func aTokenOpensItsAppsAsLongAsItsKeyDoes() async throws {
    let stage = try await ServerStage()
    _ = try await stage.deploy([
      "app.lua": """
      local app = app "tiny" {}
      app:endpoint("/talk", { realtime = true }, function(input) return input end)
      """
    ])
    let made = try await ask(stage, "/tokens/", #"{"allowed_apps":["tiny"],"token_expiration":120}"#, key: stage.key)
    #expect(made.status == 200)
    let token = try JSONDecoder().decode(String.self, from: Data(made.text.utf8))
    #expect(token.utf8.allSatisfy { !"+/=%&?".utf8.contains($0) })
    #expect(try handshake(stage, "me/tiny", token: token) == "101")
    #expect(try handshake(stage, "me/tiny", token: token + "x") == "401")
    #expect(try handshake(stage, "me/other", token: token) == "401")
    let newer = try await ask(stage, "/tokens/realtime", #"{"allowed_apps":["other","me/tiny"],"duration":60}"#, key: stage.key)
    let text = try #require(try JSONDecoder().decode([String: String].self, from: Data(newer.text.utf8))["token"])
    #expect(try handshake(stage, "me/tiny", token: text) == "101")
    // It is no key.
    #expect(try await stage.send("POST", "/me/tiny/talk", body: Data("{}".utf8), key: token).status == 401)
    await stage.server.stop(endingRunners: true)
  }

  @Test(arguments: [
    (#"{"allowed_apps":[],"token_expiration":120}"#, 422), (#"{"allowed_apps":["a"],"token_expiration":3601}"#, 422),
    (#"{"allowed_apps":["a"],"token_expiration":0}"#, 422), (#"{"allowed_apps":"a"}"#, 400), ("nonsense", 400),
    (#"{"allowed_apps":["a"]}"#, 200),
  ])
  func wishesAreBounded(body: String, status: Int) async throws {
    let stage = try await ServerStage()
    #expect(try await ask(stage, "/tokens/", body, key: stage.key).status == status)
    await stage.server.stop(endingRunners: true)
  }

  @Test func onlyAKeyMakesOne() async throws {
    let stage = try await ServerStage()
    let body = #"{"allowed_apps":["a"],"token_expiration":120}"#
    #expect(try await ask(stage, "/tokens/", body).status == 401)
    #expect(try await ask(stage, "/tokens/", body, key: "id:wrong").status == 401)
    #expect(try await ask(stage, "/tokens/", body, key: stage.key, method: "GET").status == 405)
    #expect(try await ask(stage, "/tokens/other", body, key: stage.key).status == 404)
    await stage.server.stop(endingRunners: true)
  }
}
