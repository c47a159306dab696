import Access
import Crypto
import Engine
import Foundation
import NIOCore
import Store
import Testing

@testable import Host

/// What is written of a file and what lies on the disk are about the same bytes, whatever happens between the two.
@Suite struct FileStorageTests {
  private let folder: TemporaryFolder
  private let storage: FileStorage

  init() throws {
    folder = try TemporaryFolder()
    let store = try Store.open(folder: folder.path)
    storage = try FileStorage(
      folder: folder.path + "/files", store: store, clock: SystemEngineClock(),
      pepper: try #require(Pepper(bytes: Pepper.random())))
  }

  private func begun() throws -> StoredFile {
    let file = StoredFile(
      id: FileID.make(), owner: "me", name: "a", type: "text/plain", isPrivate: false, createdAt: storage.clock.now)
    try storage.store.add(file)
    return file
  }

  private func spool(_ text: String) throws -> FileSpool {
    let spool = try FileSpool(in: storage.folder)
    try spool.append(ByteBuffer(string: text))
    return spool
  }

  private func expectWhole(_ file: StoredFile, _ comment: Comment) throws {
    let content = try #require(try storage.store.file(file.id)?.content)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: storage.path(file.id)))
    #expect(content.size == Int64(bytes.count), comment)
    #expect(content.etag == Array(SHA256.hash(data: bytes)).hexadecimal, comment)
  }

  @Test func ofUploadsAtOnceOneIsKeptWhole() async throws {
    for round in 0..<20 {
      let file = try begun()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<4 {
          let spool = try spool(String(repeating: "\(number)", count: 1000 + number))
          group.addTask { [storage] in try await storage.finish(file, spool, etag: spool.etag) }
        }
        try await group.waitForAll()
      }
      try expectWhole(file, "round \(round)")
    }
  }

  @Test func whatACrashLeftBeforeItWasWrittenDownGivesWay() async throws {
    let file = try begun()
    let lost = try spool("named, and never written down")
    try lost.sync()
    try lost.keep(as: file.id, in: storage.folder)
    let next = try spool("the next try")
    try await storage.finish(file, next, etag: next.etag)
    try expectWhole(file, "after a crash")
  }
}
