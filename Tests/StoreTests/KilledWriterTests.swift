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
