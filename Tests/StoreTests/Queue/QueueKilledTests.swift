import EngineCore
import FoundationEssentials
import Glibc
import Queueing
import Testing

@testable import Store

@Suite struct QueueKilledTests {
  private static let folder = getenv(KilledWriter.folderVariable).map { String(cString: $0) }

  @Test(.enabled(if: folder == nil)) func nothingThatWasAcknowledgedIsLostHoweverOftenTheServerIsKilled() async throws {
    let folder = try TemporaryFolder()
    var known = 0
    for round in 1...4 {
      let writer = try KilledWriter(in: folder, test: "QueueKilledTests/aChildSubmitsUntilItIsKilled")
      // It has begun when it acknowledges something new; then it has a while that differs from round to round.
      while try acknowledged(in: folder).count <= known + round * 37 {
        try #require(!writer.hasEnded, "the child must not end by itself")
        try await Task.sleep(for: .milliseconds(2))
      }
      writer.kill()
      let lines = try acknowledged(in: folder)
      let store = try RequestStore.open(folder: folder.path)
      let pending = try Set(store.ids())
      for line in lines {
        let id = String(line.dropFirst())
        if line.hasPrefix("e") {
          #expect(try await store.ended(id)?.outcome.body == noise(Self.bodyBytes(id)))
        } else if pending.contains(id) {
          #expect(try await store.body(of: id) == noise(Self.bodyBytes(id)))
        } else {
          #expect(try await store.ended(id) != nil)
        }
      }
      known = lines.count
      try store.close()
    }
  }

  /// One in three lies in a file.
  private static func bodyBytes(_ id: String) -> Int { id.utf8.reduce(0) { $0 + Int($1) } % 3 * 1000 }

  private func acknowledged(in folder: TemporaryFolder) throws -> [Substring] {
    guard FileManager.default.fileExists(atPath: folder.file(KilledWriter.acknowledgements)) else { return [] }
    let text = String(decoding: try folder.bytes(KilledWriter.acknowledgements), as: UTF8.self)
    return text.split(separator: "\n").filter { $0.hasSuffix(".") }.map { $0.dropLast() }
  }

  /// Runs in the child alone.
  @Test(.enabled(if: folder != nil)) func aChildSubmitsUntilItIsKilled() async throws {
    let folder = try #require(Self.folder)
    let descriptor = try Files.opened("\(folder)/\(KilledWriter.acknowledgements)", O_WRONLY | O_CREAT | O_APPEND, 0o600)
    var limits = QueueLimits()
    limits.rowBytesMax = 1500
    let store = try RequestStore.open(folder: folder, limits: limits)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          var count = 0
          // Ends when the test that made it is gone, too.
          while getppid() != 1 {
            count += 1
            let id = UUID().uuidString
            let body = noise(Self.bodyBytes(id))
            guard case .success(.done) = await store.write(.submitted(request(id), body: body)) else { return }
            acknowledge("s\(id)", descriptor)
            guard count % 2 == 0, case .success(.done) = await store.write(.ended(id: id, outcome(body))) else { continue }
            acknowledge("e\(id)", descriptor)
          }
        }
      }
    }
  }

  private func acknowledge(_ text: String, _ descriptor: Int32) {
    let line = Array("\(text).\n".utf8)
    #expect(Glibc.write(descriptor, line, line.count) == line.count)
  }
}
