import AppModel
import ControlAPI
import Foundation
import Logging
import Testing

@testable import Gateway
@testable import Host

@Suite struct AccessLogTests {
  private let folder: TemporaryFolder
  private let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  init() throws { folder = try TemporaryFolder() }

  private func text(_ name: String) throws -> String { try String(contentsOfFile: "\(folder.path)/\(name)", encoding: .utf8) }

  private func lines(_ name: String) throws -> [[String: Any]] {
    try text(name).split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  @Test func aLineHasWhatAppliesAndNoSecret() {
    var lines = AccessLines()
    lines.add(.made())
    #expect(
      String(decoding: lines.take(), as: UTF8.self) == #"""
        {"time":"2025-11-25T09:33:49.012Z","id":"request-1","kind":"direct","method":"POST","path":"/me/tiny/say",\#
        "app":"me/tiny","revision":"tiny-1","runner":"one","user":"ada","key":"k1","payer":"me","status":503,\#
        "outcome":"failed","error":"runner_disconnected","cold":true,"wait_ms":1.500,"first_byte_ms":2.000,\#
        "run_ms":1001.500,"total_ms":1003.000,"bytes_in":7,"bytes_out":9,"units":2.5}

        """#)
    lines.add(
      .made {
        ($0.kind, $0.app, $0.revision, $0.runner, $0.payer) = (.platform, nil, nil, nil, "")
        ($0.caller, $0.errorType, $0.isCold, $0.billableUnits) = (.anonymous, "", false, nil)
        ($0.status, $0.outcome, $0.times.started, $0.times.firstByte) = (404, .answered, 0, 0)
        $0.times.clockOffset = -1_000_000_000
      })
    #expect(
      String(decoding: lines.take(), as: UTF8.self) == #"""
        {"time":"1969-12-31T23:59:59.001Z","id":"request-1","kind":"platform","method":"POST","path":"/me/tiny/say",\#
        "status":404,"outcome":"answered","total_ms":1003.000,"bytes_in":7,"bytes_out":9}

        """#)
  }

  @Test func whateverAClientWritesStaysOneLineOfJSON() throws {
    var lines = AccessLines()
    lines.add(.made { ($0.target, $0.method) = ("/a\"b\\c\u{1}\u{2028}\u{7f}\u{fffd}", "BR\"EW") })
    let line = lines.take()
    #expect(line.count { $0 == UInt8(ascii: "\n") } == 1)
    let fields = try #require(try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
    #expect(fields["path"] as? String == "/a\"b\\c\u{1}\u{2028}\u{7f}\u{fffd}" && fields["method"] as? String == "BR\"EW")
  }

  @Test func aFileThatWasTakenAwayIsBegunAnew() throws {
    let path = "\(folder.path)/log"
    var file = try AccessLogFile(path)
    try file.write(Array("one\n".utf8))
    try FileManager.default.moveItem(atPath: path, toPath: path + ".moved")
    try file.write(Array("two\n".utf8))
    try FileManager.default.removeItem(atPath: path)
    try file.write(Array("three\n".utf8))
    file.close()
    #expect(try text("log.moved") == "one\n")
    #expect(try text("log") == "three\n")
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
  }

  @Test func aFileThatIsLargeIsKeptAsAnOldOneAndTheOldestGoes() throws {
    var file = try AccessLogFile("\(folder.path)/log", bytesMax: 8)
    for number in 0..<8 { try file.write(Array("line \(number)\n".utf8)) }
    file.close()
    // What was there before counts too.
    var again = try AccessLogFile("\(folder.path)/log", bytesMax: 8)
    try again.write(Array("line 8\n".utf8))
    again.close()
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(names == ["log", "log.1", "log.2", "log.3", "log.4"])
    #expect(try names.map(text) == ["line 8\n", "line 7\n", "line 6\n", "line 5\n", "line 4\n"])
  }

  @Test func whatCannotBeWrittenIsCountedAndTheLogGoesOnAfterwards() throws {
    let inner = "\(folder.path)/inner"
    try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: true)
    let log = try #require(try AccessLog(.file(inner + "/log"), logger: silent))
    try FileManager.default.moveItem(atPath: inner, toPath: inner + ".gone")
    #expect(log.requestsEnded([.made(1), .made(2)]) == 0)
    log.drain()
    #expect(log.lost == 2)
    try FileManager.default.moveItem(atPath: inner + ".gone", toPath: inner)
    #expect(log.requestsEnded([.made(3)]) == 0)
    log.close()
    #expect(log.lost == 2)
    #expect(try lines("inner/log").map { $0["id"] as? String } == ["request-3"])
  }

  @Test func aPlaceThatCannotBeWrittenIsRefusedAtTheStart() async throws {
    #expect(try AccessLog(.off, logger: silent) == nil)
    let error = await #expect(throws: ServerFailure.self) {
      _ = try await ServerStage { $0.accessLog = .file("/nowhere/log") }
    }
    #expect(error?.code == "access-log-not-writable")
  }

  @Test func aServerWritesALineForEachRequestWithWhoMadeIt() async throws {
    let path = "\(folder.path)/access.log"
    let stage = try await ServerStage { $0.accessLog = .file(path) }
    #expect(try await stage.deploy(ServerStage.script("a")).status == 200)
    #expect(try await stage.send("POST", "/me/tiny?token=secret", body: Data("{}".utf8)).status == 200)
    #expect(try await stage.send("POST", "/me/none", body: Data("{}".utf8), key: "wrong").status == 401)
    #expect(try await stage.send("GET", ControlPath.status).status == 200)
    await stage.server.stop(endingRunners: true)
    let lines = try lines("access.log")
    let call = try #require(lines.first { $0["path"] as? String == "/me/tiny" })
    #expect(call["kind"] as? String == "direct" && call["status"] as? Int == 200 && call["app"] as? String == "me/tiny")
    let id = String(stage.key.prefix { $0 != ":" })
    #expect(call["user"] as? String == "me" && call["key"] as? String == id && call["runner"] != nil)
    #expect(lines.first { $0["path"] as? String == "/me/none" }?["status"] as? Int == 401)
    let status = try #require(lines.first { $0["path"] as? String == ControlPath.status })
    #expect(status["kind"] as? String == "platform" && status["key"] as? String == id)
    let whole = try text("access.log")
    #expect(!whole.contains("secret") && !whole.contains(String(stage.key.dropFirst(id.count + 1))))
  }

  @Test(arguments: [("off", .off), ("-", .standardOutput), ("a/b", .file("a/b"))] as [(String, AccessLogTarget)])
  func aTargetIsReadFromItsText(text: String, target: AccessLogTarget) { #expect(AccessLogTarget(text) == target) }
}
