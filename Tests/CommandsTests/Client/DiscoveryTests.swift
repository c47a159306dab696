import FoundationEssentials
import Glibc
import Host
import Testing

@testable import Commands

@Suite final class DiscoveryTests {
  let root = "/tmp/apolune-discovery-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"

  init() throws {
    for folder in ["data", "config/apolune"] {
      try FileManager.default.createDirectory(atPath: "\(root)/\(folder)", withIntermediateDirectories: true)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  private var folder: DataFolder { DataFolder(named: root + "/data", environment: [:]) }
  private var environment: [String: String] { ["HOME": root, "XDG_CONFIG_HOME": root + "/config"] }

  private func write(_ text: String, _ path: String) throws {
    try Data(text.utf8).write(to: URL(filePath: "\(root)/\(path)"))
  }

  @Test func theNearestWordOnTheServerWins() throws {
    func find(_ named: String? = nil, _ more: [String: String] = [:]) throws -> ServerLocation {
      try ServerLocation.find(named: named, folder: folder, environment: environment.merging(more) { $1 })
    }
    #expect(try find() == ServerLocation("http://127.0.0.1:8090", .usual))
    try ServerRecord(url: "http://127.0.0.1:4711", pid: getpid()).write(in: folder)
    #expect(try find() == ServerLocation("http://127.0.0.1:4711", .record))
    try write("  http://box:1/ \nmore\n", "config/apolune/profile")
    #expect(try find().url == "http://box:1")
    #expect(try find().whence == "(from \(root)/config/apolune/profile)")
    #expect(try find(nil, ["APOLUNE_SERVER": "lab:2"]) == ServerLocation("http://lab:2", .variable))
    #expect(try find("https://cloud", ["APOLUNE_SERVER": "lab:2"]) == ServerLocation("https://cloud", .flag))
  }

  @Test func aServerThatIsGoneIsNotFound() throws {
    try ServerRecord(url: "http://127.0.0.1:4711", pid: 4_194_304).write(in: folder)
    #expect(ServerRecord.read(in: folder) == nil)
    try write("{", "data/server.json")
    #expect(ServerRecord.read(in: folder) == nil)
    ServerRecord.remove(in: folder)
    #expect(ServerRecord.read(in: folder) == nil)
  }

  @Test(arguments: ["", "http://", "ftp://a", "http://a/b", "http://a?b", "a b"]) func whatIsNoAddressIsRefused(text: String) {
    let error = #expect(throws: CommandError.self) { try ServerLocation(text, .flag) }
    #expect(error?.code == "server-address")
  }

  @Test(arguments: [
    ("127.0.0.1:1", true), ("localhost:1", true), ("[::1]:1", true), ("127.9.9.9", true), ("10.0.0.1:1", false),
    ("localhost.example.com", false), ("box", false), ("127.example.com", false), ("127.0.0.1.example.com", false),
  ]) func theOwnersKeyIsForThisMachineAlone(address: String, isOwn: Bool) throws {
    try write("id:secret\n", "data/owner.key")
    let location = try ServerLocation(address, .flag)
    #expect(location.isOwn == isOwn)
    let key = ClientKey.find(for: location, folder: folder, environment: [:])
    #expect(key == (isOwn ? ClientKey("id:secret", .file(root + "/data/owner.key")) : nil))
    let named = ClientKey.find(for: location, folder: folder, environment: ["APOLUNE_KEY": "a:b"])
    #expect(named == ClientKey("a:b", .variable))
  }

  @Test func aKeyIsNamedInAShellAndNeverShown() {
    #expect(ClientKey("s", .variable).shellHeader == "Authorization: Key $APOLUNE_KEY")
    #expect(ClientKey("s", .file("/a/owner.key")).shellHeader == "Authorization: Key $(cat /a/owner.key)")
    #expect(ClientKey("s", .file("/a b'/k")).shellHeader == #"Authorization: Key $(cat '/a b'\''/k')"#)
  }

  @Test(
    arguments: [
      ("/x", ["APOLUNE_DATA_DIR": "/v"], "/x"), (nil, ["APOLUNE_DATA_DIR": "/v/", "XDG_DATA_HOME": "/d"], "/v"),
      (nil, ["XDG_DATA_HOME": "/d", "HOME": "/h"], "/d/apolune"),
      (nil, ["XDG_DATA_HOME": "relative", "HOME": "/h"], "/h/.local/share/apolune"),
      ("", ["HOME": "/h"], "/h/.local/share/apolune"),
    ] as [(String?, [String: String], String)])
  func theDataFolderIsChosenInOrder(named: String?, environment: [String: String], path: String) {
    #expect(DataFolder(named: named, environment: environment).path == path)
  }

  @Test func aRelativeDataFolderCountsFromHere() {
    #expect(DataFolder(named: "data/", environment: [:]).path.hasSuffix("/data"))
    #expect(DataFolder(named: "data", environment: [:]).path.hasPrefix("/"))
  }

  @Test(
    arguments: [
      (["FAL_ENV": "a"], nil, "a"), (["FAL_ENV": "a", "APOLUNE_ENV": "b"], nil, "b"), (["APOLUNE_ENV": "b"], "c", "c"),
      (["APOLUNE_ENV": ""], nil, "main"),
    ] as [([String: String], String?, String)])
  func theEnvironmentIsChosenInOrder(environment: [String: String], named: String?, name: String) {
    var options = EnvironmentOptions()
    options.env = named
    #expect(options.name(environment) == name)
  }
}
