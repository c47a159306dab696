import EngineCore
import FoundationEssentials
import Glibc
import Testing

@testable import Store

@Suite struct BundleTests {
  let folder: TemporaryFolder
  let store: Store

  init() throws {
    folder = try TemporaryFolder()
    store = try Store.open(folder: folder.path)
  }

  /// Puts the content, too.
  private func entry(_ path: String, _ content: String, executable: Bool = false) throws -> BundleEntry {
    let bytes = Array(content.utf8)
    let hash = sha256(bytes)
    try store.putBlob(hash, bytes, sizeMax: 1 << 20)
    return BundleEntry(path: path, hash: hash, size: bytes.count, isExecutable: executable)
  }

  @Test func missingContentsAreAskedForOnce() throws {
    let present = try entry("a", "one").hash
    let (absent, other) = (sha256(Array("two".utf8)), sha256(Array("three".utf8)))
    #expect(try store.missingBlobs(of: [absent, present, other, absent]) == [absent, other])
  }

  @Test(arguments: ["", "abc", String(repeating: "A", count: 64), "../../etc/passwd", String(repeating: "é", count: 32)])
  func whatIsNoHashIsRefused(hash: String) throws {
    #expect(try problem { try store.missingBlobs(of: [hash]) }.code == "hash-invalid")
    #expect(try problem { try store.putBlob(hash, [UInt8](), sizeMax: 10) }.code == "hash-invalid")
  }

  @Test func aContentIsCheckedAndKeptOnce() throws {
    let bytes = Array("content".utf8)
    #expect(try problem { try store.putBlob(sha256([]), bytes, sizeMax: 10) }.code == "blob-mismatch")
    #expect(try problem { try store.putBlob(sha256(bytes), bytes, sizeMax: 6) }.code == "blob-too-large")
    try store.putBlob(sha256(bytes), bytes, sizeMax: 7)
    try store.putBlob(sha256(bytes), bytes, sizeMax: 7)
    #expect(try Files.names(in: folder.file("blobs")) == [sha256(bytes)])
    #expect(try folder.bytes("blobs/\(sha256(bytes))") == bytes)
  }

  @Test func theHashSpeaksOfAllThatMakesBundlesDiffer() throws {
    let (one, two) = (try entry("a.lua", "one"), try entry("b/c.lua", "two"))
    let hash = try store.putBundle(files: [one, two])
    #expect(hash.count == 64)
    #expect(try store.putBundle(files: [two, one]) == hash)
    var executable = one
    executable.isExecutable = true
    var moved = one
    moved.path = "d.lua"
    let others = try [[one], [executable, two], [moved, two]].map { try store.putBundle(files: $0) }
    #expect(Set(others + [hash]).count == 4)
    #expect(try store.bundle(hash) == [one, two])
    #expect(try store.bundle("nothing") == nil)
  }

  @Test(arguments: [
    "", "/etc/passwd", "a//b", "a/", "./a", "a/./b", "..", "a/../b", "a\0b", "a\nb", String(repeating: "x", count: 256),
    String(repeating: "x/", count: 600) + "x",
  ])
  func aPathThatCouldLeaveTheBundleIsRefused(path: String) throws {
    let good = try entry("good", "one")
    var bad = good
    bad.path = path
    #expect(try problem { try store.putBundle(files: [good, bad]) }.code == "path-invalid")
  }

  @Test(arguments: [["a", "a"], ["a", "a/b"], ["x/y", "x/y/z/w"], ["e\u{301}", "\u{e9}"]])
  func filesMustNotBeInEachOthersWay(paths: [String]) throws {
    let files = try paths.map { try entry($0, "one") }
    let refused = try problem { try store.putBundle(files: files) }
    #expect(refused.code == "path-invalid")
    #expect(refused.message.contains(paths[1]))
  }

  @Test func aBundleIsBounded() throws {
    let files = try ["a", "b", "c"].map { try entry($0, "1234") }
    #expect(try problem { try store.putBundle(files: []) }.code == "bundle-empty")
    #expect(try problem { try store.putBundle(files: files, limits: BundleLimits(filesMax: 2)) }.code == "bundle-too-large")
    let refused = try problem { try store.putBundle(files: files, limits: BundleLimits(bytesMax: 11)) }
    #expect(refused.code == "bundle-too-large")
    #expect(refused.message.contains("with c "))
    var huge = files
    for index in huge.indices { huge[index].size = .max }
    #expect(try problem { try store.putBundle(files: huge) }.code == "bundle-too-large")
    #expect(try store.putBundle(files: files, limits: BundleLimits(filesMax: 3, bytesMax: 12)).count == 64)
  }

  @Test func contentsThatWereNotSentAreNamed() throws {
    let absent = BundleEntry(path: "lib/x.lua", hash: sha256([1]), size: 1)
    let refused = try problem { try store.putBundle(files: [absent]) }
    #expect(refused.code == "blob-missing")
    #expect(refused.message.contains("lib/x.lua"))
    var wrong = try entry("y", "four")
    wrong.size = 5
    #expect(try problem { try store.putBundle(files: [wrong]) }.code == "blob-mismatch")
  }

  @Test func filesAreLaidOutReadOnly() throws {
    let hash = try store.putBundle(files: [
      try entry("app.lua", "app"), try entry("bin/run", "#!/bin/sh", executable: true), try entry("deep/er/empty", ""),
    ])
    let path = try store.materialize(hash)
    #expect(path == folder.file("bundles/\(hash)"))
    #expect(try folder.bytes("bundles/\(hash)/app.lua") == Array("app".utf8))
    #expect(try folder.bytes("bundles/\(hash)/deep/er/empty").isEmpty)
    #expect(try mode("\(path)/app.lua") == 0o444)
    #expect(try mode("\(path)/bin/run") == 0o555)
    #expect(try store.materialize(hash) == path)
    #expect(try problem { try store.materialize("none") }.code == "bundle-not-found")
  }

  /// A process can be killed, and a power failure can cut a file, at any point.
  @Test(arguments: ["cut", "gone", "more", "mode"]) func whatWasHalfLaidOutIsMadeAnew(damage: String) throws {
    let hash = try store.putBundle(files: [try entry("app.lua", "app"), try entry("bin/run", "run", executable: true)])
    let path = try store.materialize(hash)
    try store.close()
    #expect(mkdir(folder.file("bundles/.staging-9"), 0o755) == 0)
    switch damage {
    case "cut": truncate("\(path)/app.lua", 1)
    case "gone": unlink("\(path)/app.lua")
    case "more": try FileManager.default.removeItem(atPath: path)
    default: chmod("\(path)/bin/run", 0o444)
    }
    let reopened = try Store.open(folder: folder.path)
    #expect(try reopened.materialize(hash) == path)
    #expect(try folder.bytes("bundles/\(hash)/app.lua") == Array("app".utf8))
    #expect(try mode("\(path)/bin/run") == 0o555)
    #expect(try Files.names(in: folder.file("bundles")).filter { $0 != hash && !$0.hasPrefix(".staging") }.isEmpty)
    try reopened.close()
    try Store.open(folder: folder.path).close()
    #expect(try Files.names(in: folder.file("bundles")) == [hash])
  }

  @Test func aDamagedContentIsNotLaidOut() throws {
    let file = try entry("app.lua", "app")
    let hash = try store.putBundle(files: [file])
    chmod(folder.file("blobs/\(file.hash)"), 0o600)
    try folder.write(Array("App".utf8), to: "blobs/\(file.hash)")
    let refused = try problem { try store.materialize(hash) }
    #expect(refused.code == "blob-mismatch")
    #expect(refused.message.contains("app.lua"))
    #expect(try Files.names(in: folder.file("bundles")).isEmpty)
  }

  @Test func onlyWhatIsUnusedAndOldIsSweptAway() throws {
    let (shared, own) = (try entry("shared", "shared"), try entry("own", "own"))
    let kept = try store.putBundle(files: [shared])
    let unused = try store.putBundle(files: [shared, own])
    let upload = try entry("upload", "upload").hash
    for hash in [kept, unused] { _ = try store.materialize(hash) }
    let now = Moment.seconds(Int64(time(nil)))
    #expect(try store.sweepBundles(keeping: [kept], now: now) == 0, "a deploy may be on its way")
    #expect(try store.sweepBundles(keeping: [kept], now: now + .seconds(3700)) == 3)
    #expect(try Files.names(in: folder.file("blobs")) == [shared.hash])
    #expect(try Files.names(in: folder.file("bundles")) == [kept])
    #expect(try store.bundle(unused) == nil)
    #expect(try problem { try store.materialize(unused) }.code == "bundle-not-found")
    #expect(try store.missingBlobs(of: [upload, own.hash, shared.hash]) == [upload, own.hash])
  }

  @Test func aContentThatIsAskedForStaysAnHour() throws {
    let hash = try entry("a", "one").hash
    var times = [timespec(tv_sec: 1000, tv_nsec: 0), timespec(tv_sec: 1000, tv_nsec: 0)]
    utimensat(AT_FDCWD, folder.file("blobs/\(hash)"), &times, 0)
    #expect(try store.missingBlobs(of: [hash]).isEmpty)
    #expect(try store.sweepBundles(keeping: [], now: .seconds(Int64(time(nil)))) == 0)
  }
}
