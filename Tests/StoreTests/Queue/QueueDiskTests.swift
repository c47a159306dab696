import EngineCore
import GRDB
import Glibc
import Queueing
import Testing

@testable import Store

@Suite struct QueueDiskTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func code(_ result: Result<QueueWritten, QueueFailure>) -> String? {
    guard case .failure(let failure) = result else { return nil }
    return failure.code
  }

  @Test(arguments: DiskStep.allCases, [10, 5000])
  func aFailureIsToldAndLeavesAllOrNothing(step: DiskStep, bytes: Int) async throws {
    let faults = ScriptedFaults()
    var limits = QueueLimits()
    limits.rowBytesMax = 1000
    let store = try RequestStore.open(folder: folder.path, limits: limits, faults: faults)
    try await store.submit(request("a"))
    faults.fail(at: step)
    #expect(code(await store.write(.submitted(request("b"), body: noise(bytes)))) == "disk-failed")
    // After the last step all is safe, and only the answer was lost.
    let left = step == .answer ? ["a", "b"] : ["a"]
    #expect(try store.ids() == left)
    let image = try folder.queueImage()
    let recovered = try RequestStore.open(folder: image.path)
    #expect(try recovered.ids() == left)
    #expect(try await recovered.body(of: "b") == (step == .answer ? noise(bytes) : nil))
    #expect(try recovered.files.count == (step == .answer && bytes > 1000 ? 1 : 0), "what no row names is swept")
    try recovered.close()
    #expect(try await store.submit(request("c")) == .done)
    try store.close()
  }

  @Test func aFullDiskKeepsNoFileOfWhatCouldNotBeWritten() async throws {
    let faults = ScriptedFaults()
    let store = try RequestStore.open(folder: folder.path, faults: faults)
    faults.fail(at: .commit, "disk-full")
    #expect(code(await store.write(.submitted(request("a"), body: noise(1 << 20)))) == "disk-full")
    #expect(try store.files == [])
    try store.close()
  }

  @Test(arguments: 1...5) func aDiskThatFailsByDiceLosesNothingThatWasAcknowledged(seed: UInt64) async throws {
    var limits = QueueLimits()
    limits.rowBytesMax = 100
    let store = try RequestStore.open(folder: folder.path, limits: limits, faults: ScriptedFaults(seed: seed))
    var submitted: Set<String> = []
    var ended: [String: QueueOutcome] = [:]
    for number in 0..<200 {
      let id = "\(number)"
      guard case .success(.done) = await store.write(.submitted(request(id), body: noise(number))) else { continue }
      submitted.insert(id)
      let outcome = outcome(noise(number))
      if number % 3 == 0, case .success(.done) = await store.write(.ended(id: id, outcome)) { ended[id] = outcome }
    }
    #expect(submitted.count > 100)
    #expect(ended.count > 10)
    let image = try folder.queueImage()
    let recovered = try RequestStore.open(folder: image.path)
    #expect(try Set(recovered.ids()) == submitted.subtracting(ended.keys))
    for id in submitted where ended[id] == nil { #expect(try await recovered.body(of: id) == noise(Int(id) ?? 0)) }
    for (id, outcome) in ended { #expect(try await recovered.ended(id)?.outcome == outcome) }
    try recovered.close()
  }

  /// Mounts a small disk, which takes root's rights.
  @Test(.enabled(if: getuid() == 0)) func aReallyFullDiskLosesNothingThatWasAcknowledged() async throws {
    guard mount("tmpfs", folder.path, "tmpfs", 0, "size=16m") == 0 else { return }
    defer { umount2(folder.path, Int32(MNT_DETACH)) }
    try folder.write([UInt8](repeating: 1, count: 8 << 20), to: "ballast")
    let store = try RequestStore.open(folder: folder.path)
    var acknowledged: [String] = []
    var refused: String?
    while refused == nil, acknowledged.count < 100_000 {
      let id = "\(acknowledged.count)"
      refused = code(await store.write(.submitted(request(id), body: noise(20_000))))
      if refused == nil { acknowledged.append(id) }
    }
    #expect(refused == "disk-full")
    #expect(code(await store.write(.submitted(request("large"), body: noise(20 << 20)))) == "disk-full")
    #expect(try store.files == [])
    #expect(try store.ids() == acknowledged)
    try #require(unlink(folder.file("ballast")) == 0)
    #expect(try await store.submit(request("after")) == .done)
    try await store.end("after", outcome())
    try store.close()
    let reopened = try RequestStore.open(folder: folder.path)
    #expect(try reopened.ids() == acknowledged)
    #expect(try await reopened.ended("after") != nil)
    try reopened.close()
  }

  @Test func aFileThatCannotBeRemovedIsTriedAgain() async throws {
    var limits = QueueLimits()
    limits.rowBytesMax = 10
    let store = try RequestStore.open(folder: folder.path, limits: limits)
    try await store.submit(request("a"), "more than ten bytes")
    let name = try #require(try store.files.first)
    // A folder of that name in its place, which holds a mount, cannot be removed even by root.
    let path = folder.file("queue/\(name)")
    try #require(unlink(path) == 0 && mkdir(path, 0o700) == 0)
    guard mount("tmpfs", path, "tmpfs", 0, "size=1m") == 0 else { return }
    try await store.end("a", outcome("x"))
    #expect(try problem { try store.prune(now: .seconds(10)) }.code == "disk-failed")
    umount2(path, Int32(MNT_DETACH))
    try store.prune(now: .seconds(10))
    #expect(try store.files == [])
    try store.close()
  }
}
