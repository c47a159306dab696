import EngineCore
import RunnerProtocol
import Testing

@testable import Store

@Suite struct LogFollowTests {
  let folder: TemporaryFolder
  let logs: LogFiles
  let runner = RunnerID("r0")

  init() throws {
    folder = try TemporaryFolder()
    logs = try LogFiles(folder: folder.path)
  }

  private func record(_ number: Int) -> LogRecord {
    LogRecord(nanoseconds: UInt64(number), level: .info, source: .output, message: "line \(number)")
  }

  @Test func theFileAndWhatComesAreJoinedWithoutAGapOrADouble() async throws {
    let (logs, runner) = (logs, runner)
    let writer = Task.detached {
      var number: UInt64 = 0
      while !Task.isCancelled {
        number += 1
        logs.append(runner, LogRecord(nanoseconds: number, level: .info, source: .output, message: "line"))
        if number % 50 == 0 { await Task.yield() }
      }
    }
    // Begins somewhere in the middle.
    while try logs.read(runner, LogQuery(last: 500)).count < 500 { await Task.yield() }
    var last: UInt64 = 0
    var count = 0
    for await record in try logs.follow(runner, LogQuery(last: 10)) {
      // One who is too slow is told so.
      if record.source == .runner {
        last = 0
        continue
      }
      if last > 0 { #expect(record.nanoseconds == last + 1) }
      last = record.nanoseconds
      count += 1
      if count == 3000 { break }
    }
    writer.cancel()
    await writer.value
  }

  @Test func linesThatWereThereComeFirst() async throws {
    for number in 1...5 { logs.append(runner, record(number)) }
    let stream = try logs.follow(runner, LogQuery(last: 2))
    for number in 6...8 { logs.append(runner, record(number)) }
    logs.append(RunnerID("other"), record(99))
    logs.finish(runner)
    var numbers: [UInt64] = []
    for await record in stream { numbers.append(record.nanoseconds) }
    #expect(numbers == [4, 5, 6, 7, 8])
  }

  @Test func whoFollowsGetsOnlyWhatWasAskedFor() async throws {
    let stream = try logs.follow(runner, LogQuery(search: "2"))
    for number in 1...25 { logs.append(runner, record(number)) }
    logs.close()
    var numbers: [UInt64] = []
    for await record in stream { numbers.append(record.nanoseconds) }
    #expect(numbers == [2, 12, 20, 21, 22, 23, 24, 25])
  }

  @Test func whoIsSlowLosesLinesAndIsTold() async throws {
    let stream = try logs.follow(runner)
    let surplus = 100
    for number in 1...LogFollower.linesMax + surplus { logs.append(runner, record(number)) }
    _ = try logs.read(runner)
    var iterator = stream.makeAsyncIterator()
    for number in 1...LogFollower.linesMax { #expect(await iterator.next() == record(number)) }
    logs.append(runner, record(5000))
    #expect(await iterator.next()?.message.contains("\(surplus) lines were dropped") == true)
    #expect(await iterator.next() == record(5000))
  }

  @Test func whoStopsListeningIsForgotten() async throws {
    for _ in 0..<3 {
      // As many as may follow at once; each round needs the places of the one before.
      let streams = try (0..<1024).map { _ in try logs.follow(runner) }
      #expect(try problem { try logs.follow(runner) }.code == "followers-too-many")
      withExtendedLifetime(streams) {}
    }
  }
}
