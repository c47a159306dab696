import AppModel
import EngineCore

@testable import Gateway

extension RequestRecord {
  /// A request of an app, with every field filled in.
  static func made(_ number: Int = 1, change: (inout RequestRecord) -> Void = { _ in }) -> RequestRecord {
    var times = RequestTimes()
    (times.arrived, times.started, times.firstByte, times.ended) = (1_000_000, 2_500_000, 3_000_001, 1_004_000_999)
    times.clockOffset = 1_764_063_229_012_000_000 - 1_000_000
    var record = RequestRecord(
      id: "request-\(number)", kind: .direct, app: AppID(owner: "me", name: "tiny"), revision: RevisionID("tiny-1"),
      runner: RunnerID("one"), caller: Caller(id: "ada", key: "k1"), payer: "me", method: "POST",
      target: "/me/tiny/say?token=secret", status: 503, errorType: "runner_disconnected", outcome: .failed, times: times,
      busyNanoseconds: 0, isCold: true, bytesIn: 7, bytesOut: 9, billableUnits: 2.5)
    change(&record)
    return record
  }
}
