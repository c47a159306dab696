import AppModel
import AppScript
import FoundationEssentials
import Testing

@testable import Host

@Suite final class FingerprintTests {
  let root = FileManager.default.temporaryDirectory.appending(path: "apolune-fingerprint-\(UUID().uuidString)").path

  init() throws { try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  private func write(_ name: String, _ content: Data) throws -> String {
    try content.write(to: URL(filePath: "\(root)/\(name)"))
    return "\(root)/\(name)"
  }

  @Test func aFileIsKnownByItsContent() throws {
    let file = try Fingerprint(path: "a", source: write("a", Data("abc".utf8)))
    #expect(file.hash == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(file.size == 3)
    #expect(!file.isExecutable)
    let empty = try Fingerprint(path: "b", source: write("b", Data()))
    #expect(empty.hash == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  @Test func aLargeFileIsReadToItsEndAndAProgramIsKept() throws {
    let content = Data((0..<700_001).map { UInt8(truncatingIfNeeded: $0 &* 31) })
    let path = try write("big", content)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    let file = try Fingerprint(path: "big", source: path)
    #expect(file.size == content.count)
    #expect(file.isExecutable)
    var copy: [UInt8] = []
    let reader = try FileReader(path: path)
    while case let piece = try reader.read(100_000), !piece.isEmpty { copy += piece }
    #expect(copy == Array(content))
  }

  @Test func aFileThatCannotBeReadIsNamed() {
    #expect(throws: BundleError.unreadable(path: "lib/x.lua", reason: "No such file or directory")) {
      try Fingerprint(path: "lib/x.lua", source: self.root + "/lib/x.lua")
    }
  }

  @Test func filesOfOneAppOrOfAllTravelOnce() throws {
    var script = EvaluatedScript(folder: root, script: "app.lua")
    for name in ["app.lua", "one.txt", "two.txt"] { _ = try write(name, Data(name.utf8)) }
    func manifest(_ names: [String]) -> BundleManifest {
      let definition = AppDefinition(name: "x", program: .endpoints([]), machines: [])
      var request = BundleRequest(script: "app.lua", draft: Draft(file: "app.lua"), definition: definition)
      request.names = Set(names)
      return BundleManifest(request, listing: names.map { BundleEntry(path: $0, size: 7) })
    }
    script.bundles = ["one": manifest(["app.lua", "one.txt"]), "two": manifest(["app.lua", "two.txt"])]
    #expect(try script.fingerprints(app: "one").map(\.path) == ["app.lua", "one.txt"])
    #expect(try script.fingerprints().map(\.path) == ["app.lua", "one.txt", "two.txt"])
  }
}
