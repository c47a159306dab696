import Foundation
import Testing

@testable import Host

@Suite struct BundleStoreTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "bundles-\(UUID().uuidString)")

  private func file(_ name: String, _ text: String) throws -> BundleFile {
    let source = folder.appending(path: "sources/\(name)")
    try FileManager.default.createDirectory(at: source.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: source)
    return BundleFile(path: name, source: source.path)
  }

  @Test func theSameContentIsStoredOnceUnderTheSameHash() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = BundleStore(folder: folder.appending(path: "store"))
    let files = [try file("app.lua", "return 1"), try file("lib/count.lua", "return 2")]
    let first = try store.store(files)
    let second = try store.store(files.reversed())
    #expect(first.hash == second.hash)
    #expect(!first.existed && second.existed)
    #expect(try String(contentsOf: first.folder.appending(path: "lib/count.lua"), encoding: .utf8) == "return 2")
    #expect(try FileManager.default.contentsOfDirectory(atPath: store.folder.path) == [first.hash])
  }

  @Test func anotherContentOrAnotherPathIsAnotherBundle() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = BundleStore(folder: folder.appending(path: "store"))
    let one = try store.store([try file("ab", "c")])
    let two = try store.store([try file("a", "bc")])
    let three = try store.store([try file("ab", "d")])
    #expect(Set([one.hash, two.hash, three.hash]).count == 3)
  }

  @Test func aFileThatIsGoneLeavesNothingBehind() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = BundleStore(folder: folder.appending(path: "store"))
    let gone = BundleFile(path: "gone", source: "/nonexistent/gone")
    #expect(throws: BundleError.self) { try store.store([gone]) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: store.folder.path).isEmpty)
  }
}
