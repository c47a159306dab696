import RunnerProtocol
import Testing

@testable import Gateway

@Suite struct HealthWatchTests {
  /// `+` well, `-` not well, at one second after the other from ready on; the answers after which it is told.
  @Test(
    arguments: [
      ("+++++", 0, 3, []), ("---", 0, 3, [3]), ("--+--+---", 0, 3, [9]), ("------", 0, 3, [3]), ("-", 0, 1, [1]),
      ("-----", 3, 3, [5]), ("--", 3, 1, []), ("---", 3, 1, [3]), ("--+---", 3, 2, [5]), ("----", 100, 1, []),
    ] as [(String, UInt64, Int, [Int])])
  func failuresInARowAreToldOnceAndNotInTheStartPeriod(answers: String, startPeriod: UInt64, threshold: Int, told: [Int]) {
    var watch = HealthWatch(readyAt: 0, startPeriod: startPeriod * 1_000_000_000, threshold: threshold)
    var reports: [Int] = []
    for (index, answer) in answers.enumerated() {
      let report = watch.answered(answer == "+" ? .well : .problem("no"), at: UInt64(index + 1) * 1_000_000_000)
      #expect(watch.isWatching == (reports.isEmpty && report == nil))
      if report != nil { reports.append(index + 1) }
    }
    #expect(reports == told)
  }

  @Test func theReportNamesTheLastFailure() {
    var watch = HealthWatch(readyAt: 5, startPeriod: 0, threshold: 2)
    #expect(watch.answered(.problem("GET /a answered 500"), at: 6) == nil)
    #expect(
      watch.answered(.problem("GET /a answered 503"), at: 7)
        == FailureReport(code: "unhealthy", message: "2 health checks in a row failed: GET /a answered 503"))
  }

  @Test func aStartPeriodWithoutEndIsNoTrap() {
    var watch = HealthWatch(readyAt: 5, startPeriod: .max, threshold: 1)
    #expect(watch.answered(.problem("no"), at: 6) == nil)
  }
}
