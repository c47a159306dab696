import EngineCore
import Glibc
import RunnerProtocol
import Testing

@testable import Store

@Suite struct LogFilesTests {
  let folder: TemporaryFolder
  let runner = RunnerID("r0")

  init() throws { folder = try TemporaryFolder() }

  private func logs(_ limits: LogLimits = LogLimits()) throws -> LogFiles {
    try LogFiles(folder: folder.file("logs"), limits: limits)
  }

  private func record(_ number: Int, _ message: String? = nil) -> LogRecord {
    LogRecord(
      nanoseconds: UInt64(number) * 1_000_000_000, level: .info, source: .script, requestID: "",
      message: message ?? "line \(number)")
  }

  private func numbers(_ records: [LogRecord]) -> [Int] { records.map { Int($0.nanoseconds / 1_000_000_000) } }

  @Test func linesComeBackInTheirOrderAlsoAfterARestart() throws {
    let first = try logs()
    for number in 1...500 { first.append(runner, record(number)) }
    #expect(try first.read(runner, LogQuery(last: 1000)) == (1...500).map { record($0) })
    first.close()
    let second = try logs()
    second.append(runner, record(501))
    #expect(numbers(try second.read(runner, LogQuery(last: 3))) == [499, 500, 501])
    #expect(try second.read(RunnerID("nobody")).isEmpty)
    #expect(try mode(folder.file("logs/r0.log")) == 0o600)
  }

  @Test func linesAreChosenByTimeTextAndNumber() throws {
    let logs = try logs()
    for number in 1...100 { logs.append(runner, record(number)) }
    func read(_ query: LogQuery) throws -> [Int] { numbers(try logs.read(runner, query)) }
    #expect(try read(LogQuery(since: .seconds(98))) == [98, 99, 100])
    #expect(try read(LogQuery(until: .seconds(3))) == [1, 2])
    #expect(try read(LogQuery(since: .seconds(10), until: .seconds(20), last: 2)) == [18, 19])
    #expect(try read(LogQuery(search: "line 5", last: 3)) == [57, 58, 59])
    #expect(try read(LogQuery(search: "LINE")) == [])
    #expect(try read(LogQuery(search: "", last: 1)) == [100])
    #expect(try read(LogQuery(last: 0)) == [])
    #expect(try read(LogQuery(last: .max)).count == 100)
  }

  @Test(arguments: ["", "..", "a/b", "../../etc/passwd", "a.1", String(repeating: "a", count: 65)])
  func anIdThatIsNoNameOfAFileIsRefused(id: String) throws {
    let logs = try logs()
    logs.append(RunnerID(id), record(1))
    #expect(try problem { try logs.read(RunnerID(id)) }.code == "runner-id-invalid")
    #expect(try problem { try logs.follow(RunnerID(id)) }.code == "runner-id-invalid")
    #expect(try Files.names(in: folder.file("logs")).isEmpty)
  }

  @Test func aLineThatWasTornByAKillIsLeftOut() throws {
    let first = try logs()
    for number in 1...3 { first.append(runner, record(number)) }
    first.close()
    let whole = try folder.bytes("logs/r0.log")
    try folder.write(whole + Array("4000000000\tI\ts\t\thalf a li".utf8), to: "logs/r0.log")
    let second = try logs()
    #expect(numbers(try second.read(runner)) == [1, 2, 3])
    second.append(runner, record(5))
    #expect(numbers(try second.read(runner)) == [1, 2, 3, 5])
    second.close()
    try folder.write(Array("torn from the start".utf8), to: "logs/r0.log")
    #expect(try logs().read(runner).isEmpty)
  }

  @Test func aFileThatIsFullMakesRoomForTheNext() throws {
    let logs = try logs(LogLimits(fileBytesMax: 10_000))
    for number in 1...1000 {
      logs.append(runner, record(number))
      // Not in one batch.
      if number % 50 == 0 { _ = try logs.read(runner, LogQuery(last: 1)) }
    }
    let kept = numbers(try logs.read(runner, LogQuery(last: 1000)))
    #expect(kept == Array((1001 - kept.count)...1000))
    #expect((300...999).contains(kept.count))
    for name in ["r0.log", "r0.1.log"] { #expect(try folder.bytes("logs/\(name)").count <= 10_000) }
    #expect(try Files.names(in: folder.file("logs")).count == 2)
  }

  @Test func whatComesFasterThanItCanBeWrittenIsDroppedAndCounted() throws {
    var pending = PendingLines()
    let limits = LogLimits(pendingBytesMax: 5000, runnerPendingBytesMax: 2000)
    let text = String(repeating: "x", count: 404)
    var wakes = 0
    for number in 1...10 { wakes += pending.add(record(number, text), of: runner, limits) ? 1 : 0 }
    for number in 1...2 { wakes += pending.add(record(number, text), of: RunnerID("other"), limits) ? 1 : 0 }
    #expect(wakes == 1)
    let batch = pending.take()
    #expect(batch[runner]?.records.count == 4)
    #expect(batch[runner]?.dropped == 6)
    #expect(batch[RunnerID("other")]?.dropped == 0)
    let nothing = pending.take()
    #expect(nothing.isEmpty)
    let continues = pending.continues()
    #expect(!continues)
    let wakesAgain = pending.add(record(11), of: runner, limits)
    #expect(wakesAgain, "the writer sleeps and has to be woken")
    var writer = LogWriter(folder: folder.path, limits: limits)
    writer.write(batch)
    writer.finishAll()
    let written = try LogReading(LogPath.checked(runner, in: folder.path)).records(LogQuery())
    #expect(written.count == 5)
    #expect(written.last == .dropped(6, at: 4_000_000_000))
    #expect(written.last?.message.contains("6 lines were dropped") == true)
  }

  @Test func aDiskThatFailsIsToldAndWhatWasLostIsCounted() throws {
    let logs = try logs()
    logs.append(runner, record(1))
    #expect(logs.problem == nil)
    // Has the file closed: it could be written on as long as it is open.
    logs.finish(runner)
    #expect(try logs.read(runner) == [record(1)])
    #expect(rename(folder.file("logs"), folder.file("away")) == 0)
    logs.append(runner, record(2))
    logs.append(runner, record(3))
    _ = try logs.read(runner)
    #expect(logs.problem?.code == "disk-failed")
    #expect(rename(folder.file("away"), folder.file("logs")) == 0)
    logs.append(runner, record(4))
    let records = try logs.read(runner)
    #expect(logs.problem == nil)
    #expect(records == [record(1), .dropped(2, at: 4_000_000_000), record(4)])
  }

  @Test func oldFilesGoAndThenTheOldestOfTooMany() throws {
    let logs = try logs(LogLimits(totalBytesMax: 2500, ageMax: .seconds(1000)))
    let now = Int(time(nil))
    for (number, age) in [5000, 400, 300, 200, 100].enumerated() {
      let runner = RunnerID("r\(number)")
      logs.append(runner, record(number, String(repeating: "x", count: 1000)))
      _ = try logs.read(runner)
      var times = [timespec(tv_sec: now - age, tv_nsec: 0), timespec(tv_sec: now - age, tv_nsec: 0)]
      try #require(utimensat(AT_FDCWD, folder.file("logs/r\(number).log"), &times, 0) == 0)
    }
    #expect(try logs.prune(now: .seconds(Int64(now))) == 3)
    #expect(try Files.names(in: folder.file("logs")).sorted() == ["r3.log", "r4.log"])
    logs.append(RunnerID("r0"), record(9))
    #expect(numbers(try logs.read(RunnerID("r0"))) == [9])
  }
}
