import AppModel
import ControlAPI
import Crypto
import Foundation
import FoundationNetworking
import Testing

@testable import Host

/// A real server on a folder of its own, and a client of it.
final class ServerStage: Sendable {
  let folder: TemporaryFolder
  let server: Server
  let key: String

  init(folder: TemporaryFolder? = nil, change: (inout ServerSetup) -> Void = { _ in }) async throws {
    self.folder = try folder ?? TemporaryFolder()
    var setup = Self.setup(self.folder)
    change(&setup)
    server = try await Server.start(setup)
    key = try #require(OwnerKeyFile.read(setup.folder.ownerKey)).text
  }

  static func setup(
    _ folder: TemporaryFolder, port: Int = 0, environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> ServerSetup {
    var setup = ServerSetup(
      folder: DataFolder(named: folder.path, environment: [:]), host: "127.0.0.1", port: port, owner: "me", version: "1",
      environment: environment)
    setup.logLevel = nil
    return setup
  }

  struct Answer: Sendable {
    var status: Int
    var body: Data

    func decoded<Value: Decodable>(_ type: Value.Type) throws -> Value { try JSONDecoder().decode(type, from: body) }

    var problem: APIProblem? { try? decoded(APIProblem.self) }

    var events: [DeployEvent] { (try? lines(DeployEvent.self)) ?? [] }

    func lines<Line: Decodable>(_ type: Line.Type) throws -> [Line] {
      try body.split(separator: UInt8(ascii: "\n")).map { try JSONDecoder().decode(type, from: $0) }
    }
  }

  func send(_ method: String, _ path: String, body: Data? = nil, key: String? = nil) async throws -> Answer {
    var request = URLRequest(url: try #require(URL(string: server.url + path)))
    request.httpMethod = method
    request.httpBody = body
    request.timeoutInterval = 120
    request.setValue("Key \(key ?? self.key)", forHTTPHeaderField: "Authorization")
    let (data, response) = try await URLSession.shared.data(for: request)
    return Answer(status: (response as? HTTPURLResponse)?.statusCode ?? 0, body: data)
  }

  func send(_ method: String, _ path: String, json: some Encodable) async throws -> Answer {
    try await send(method, path, body: JSONEncoder().encode(json))
  }

  /// Sends what the server lacks of the files, and deploys the script among them.
  func deploy(
    _ files: [String: String], sends: Bool = true, change: (inout DeployRequest) -> Void = { _ in }
  ) async throws -> Answer {
    var request = DeployRequest(script: "app.lua", files: [])
    for (path, text) in files.sorted(by: { $0.key < $1.key }) {
      let hash = SHA256.hash(data: Data(text.utf8)).map { $0 }.hexadecimal
      request.files.append(.init(path: path, hash: hash, size: text.utf8.count, isExecutable: false))
      guard sends else { continue }
      let missing = try await send("POST", ControlPath.blobsMissing, json: BlobsWanted(hashes: [hash]))
        .decoded(BlobsMissing.self)
      guard missing.missing == [hash] else { continue }
      #expect(try await send("PUT", ControlPath.blob(hash), body: Data(text.utf8)).status == 204)
    }
    change(&request)
    return try await send("POST", ControlPath.deploys, json: request)
  }

  /// An app that answers its own name and a word.
  static func script(_ word: String, options: String = "") -> [String: String] {
    [
      "app.lua": """
      local app = app "tiny" { \(options) }
      app:endpoint("/", function(input) return { word = "\(word)" } end)
      """
    ]
  }

  /// Calls the app as its owner.
  func call(_ app: String = "me/tiny") async throws -> Answer { try await send("POST", "/\(app)", body: Data("{}".utf8)) }

  /// Asks for the living runners until they are as they should be; fails after a generous while.
  func until(_ isSo: ([RunnerInfo]) -> Bool) async throws -> [RunnerInfo] {
    let end = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < end {
      let runners = try await runners()
      if isSo(runners) { return runners }
      try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("the runners are \(try await runners())")
    throw TestFailure()
  }

  func runners() async throws -> [RunnerInfo] {
    try await send("GET", ControlPath.runners).decoded(RunnerList.self).runners
  }
}
