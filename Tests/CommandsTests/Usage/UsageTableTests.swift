import AppModel
import ControlAPI
import Testing

@testable import Commands

/// Usage as people and spreadsheets see it, to the letter.
@Suite struct UsageTableTests {
  private let time = TimeText(secondsFromGMT: 0)

  private func amounts(requests: Int64, cost: Double?) -> UsageAmounts {
    var amounts = UsageAmounts(
      requests: requests, failed: 1, units: 2.5, requestSeconds: 1.25,
      seconds: RunnerSeconds(setup: 0.04, idle: 3600, running: 90, draining: 0, terminating: 1))
    (amounts.bytesIn, amounts.bytesOut, amounts.gpuSeconds, amounts.cost) = (10, 20, 7382, cost)
    return amounts
  }

  private func report(by: [UsageDimension], _ rows: [([String], UsageAmounts)], total: UsageAmounts) -> UsageReport {
    UsageReport(
      since: 0, until: 3600, by: by,
      rows: rows.map { values, usage in
        UsageRow(of: Dictionary(uniqueKeysWithValues: zip(by.map(\.rawValue), values)), usage: usage)
      }, total: total)
  }

  @Test func aTableHasItsTotalAndItsTime() {
    let shown = report(
      by: [.app, .caller],
      [(["ada/words", "bob"], amounts(requests: 7, cost: 1.41)), (["ada/words", ""], amounts(requests: 0, cost: nil))],
      total: amounts(requests: 7, cost: 1.41006))
    #expect(
      UsageTable.render(shown, time, .plain) == """
        App        Caller  Requests  Failed  Units  Setup  Idle  Running  Draining  Ending  GPU Time    Cost
        ada/words  bob            7       1    2.5     0s    1h    1m30s        0s      1s    2h3m2s    1.41
        ada/words  -              0       1    2.5     0s    1h    1m30s        0s      1s    2h3m2s       -
        total                     7       1    2.5     0s    1h    1m30s        0s      1s    2h3m2s  1.4101
        from 1970-01-01 00:00:00 to 1970-01-01 01:00:00

        """)
  }

  @Test func nothingIsSaidToBeNothing() {
    let empty = report(by: [.app], [], total: amounts(requests: 0, cost: nil))
    #expect(
      UsageTable.render(empty, time, .plain) == "nothing was used from 1970-01-01 00:00:00 to 1970-01-01 01:00:00\n")
  }

  @Test func whereNothingHasAPriceThatIsSaid() {
    let shown = report(by: [], [([], amounts(requests: 1, cost: nil))], total: amounts(requests: 1, cost: nil))
    let text = UsageTable.render(shown, time, .plain)
    #expect(text.hasSuffix("no machine type has a price: the operator's file may set 'price'\n") && !text.contains("total"))
  }

  @Test func valuesForSpreadsheetsAreWholeAndQuoted() {
    let shown = report(
      by: [.app, .key], [(["a,\"b\"", "k"], amounts(requests: 7, cost: 0.000_001))], total: amounts(requests: 7, cost: 0))
    #expect(
      UsageTable.csv(shown) == #"""
        app,key,requests,failed,units,request_seconds,bytes_in,bytes_out,setup_seconds,idle_seconds,running_seconds,\#
        draining_seconds,terminating_seconds,gpu_seconds,cost
        "a,""b""",k,7,1,2.5,1.25,10,20,0.04,3600,90,0,1,7382,0.000001

        """#)
  }

  @Test(arguments: [
    (["--by", "app,colour"], "colour"), (["--by", ""], "''"), (["--by", "app,,day"], "''"), (["--csv", "--json"], "choose one"),
    (["--since", "yesterday"], "yesterday"),
  ])
  func whatMakesNoSenseIsRefused(arguments: [String], words: String) {
    let error = #expect(throws: (any Error).self) { try UsageCommand.parse(arguments) }
    #expect(error.map { UsageCommand.message(for: $0) }?.contains(words) == true)
  }

  @Test(arguments: [[], ["--by", "all"], ["--by", "app,day,machine"], ["--since", "7d", "--until", "2026-12-01", "--csv"]])
  func whatMakesSenseIsTaken(arguments: [String]) throws { _ = try UsageCommand.parse(arguments) }
}
