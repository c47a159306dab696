import EngineCore
import FoundationEssentials
import Glibc
import Testing

@testable import Store

@Suite struct KilledWriterTests {
  private static let folder = getenv(KilledWriter.folderVariable).map { String(cString: $0) }

  @Test(.enabled(if: folder == nil)) func nothingThatWasAcknowledgedIsLostHoweverOftenTheServerIsKilled() async throws {
    let folder = try TemporaryFolder()
    var known: Int64 = 0
    for round in 1...4 {
      let writer = try KilledWriter(in: folder)
      // It has begun when it acknowledges something new; then it has a while that differs from round to round.
      while try acknowledged(in: folder) <= known + Int64(round * 37) {
        try #require(!writer.hasEnded, "the child must not end by itself")
        try await Task.sleep(for: .milliseconds(2))
      }
      writer.kill()
      let last = try acknowledged(in: folder)
      let store = try Store.open(folder: folder.path)
      #expect(store.lastSequence >= last)
      let recovered = try store.recover()
      #expect(recovered.sequence == store.lastSequence)
      known = recovered.sequence
      try store.close()
    }
  }

  /// Mounts a small disk, which takes root's rights.
  @Test(.enabled(if: folder == nil && getuid() == 0)) func afterAKillTheServerStartsOnAFullDisk() async throws {
    let folder = try TemporaryFolder()
    guard mount("tmpfs", folder.path, "tmpfs", 0, "size=16m") == 0 else { return }
    defer { umount2(folder.path, Int32(MNT_DETACH)) }
    let writer = try KilledWriter(in: folder)
    while try acknowledged(in: folder) < 50 {
      try #require(!writer.hasEnded, "the child must not end by itself")
      try await Task.sleep(for: .milliseconds(2))
    }
    writer.kill()
    let last = try acknowledged(in: folder)
    let ballast = try Files.opened(folder.file("ballast"), O_WRONLY | O_CREAT, 0o600)
    let block = [UInt8](repeating: 1, count: 4096)
    while write(ballast, block, block.count) > 0 {}
    let store = try Store.open(folder: folder.path)
    #expect(try store.recover().sequence >= last)
    #expect(try problem { try store.append(ticks(100_000)) }.code == "disk-full")
    #expect(ftruncate(ballast, 0) == 0)
    try store.append(ticks(10))
    try store.close()
    close(ballast)
  }

  private func acknowledged(in folder: TemporaryFolder) throws -> Int64 {
    guard FileManager.default.fileExists(atPath: folder.file(KilledWriter.acknowledgements)) else { return 0 }
    let bytes = try folder.bytes(KilledWriter.acknowledgements)
    return bytes.prefix(bytes.count / 8 * 8).suffix(8).reversed().reduce(0) { $0 << 8 | Int64($1) }
  }

  /// Runs in the child alone.
  @Test(.enabled(if: folder != nil)) func aChildWritesUntilItIsKilled() throws {
    let folder = try #require(Self.folder)
    let path = "\(folder)/\(KilledWriter.acknowledgements)"
    let descriptor = try Files.opened(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    let store = try Store.open(folder: folder)
    var count = 0
    // Ends when the test that made it is gone, too.
    while getppid() != 1 {
      count += 1
      let facts = ticks(count % 5) + (count % 4 == 0 ? [promise()] : ticks(1, app: .other))
      var last = try store.record(facts).littleEndian
      #expect(write(descriptor, &last, 8) == 8)
      if count % 100 == 0 { try store.snapshot(store.recover().state, at: store.lastSequence) }
    }
  }
}
