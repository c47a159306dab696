import AppModel
import ControlAPI

/// Usage as `apolune usage` shows it.
enum UsageTable {
  static func render(_ report: UsageReport, _ time: TimeText, _ style: Style) -> String {
    let span = "\(time.moment(report.since)) to \(time.moment(report.until))"
    guard !report.rows.isEmpty else { return "nothing was used from \(span)\n" }
    var table = Table(
      report.by.map { .init($0.title) } + [
        .init("Requests", .right), .init("Failed", .right), .init("Units", .right), .init("Setup", .right), .init("Idle", .right),
        .init("Running", .right), .init("Draining", .right), .init("Ending", .right), .init("GPU Time", .right),
        .init("Cost", .right),
      ])
    for row in report.rows {
      table.add(report.by.map { row.of[$0.rawValue].flatMap { $0.isEmpty ? nil : $0 } ?? "-" } + cells(row.usage))
    }
    if report.rows.count > 1, !report.by.isEmpty {
      table.add(["total"] + report.by.dropFirst().map { _ in "" } + cells(report.total))
    }
    let note = report.total.cost == nil ? "no machine type has a price: the operator's file may set 'price'\n" : ""
    return table.render(style) + "from \(span)\n" + note
  }

  private static func cells(_ usage: UsageAmounts) -> [String] {
    let seconds = usage.seconds
    return ["\(usage.requests)", "\(usage.failed)", plain(usage.units)]
      + [seconds.setup, seconds.idle, seconds.running, seconds.draining, seconds.terminating, usage.gpuSeconds].map {
        TimeText.span($0)
      } + [usage.cost.map(money) ?? "-"]
  }

  /// With a head, in the form that spreadsheets read: RFC 4180, with plain line breaks.
  static func csv(_ report: UsageReport) -> String {
    let head =
      report.by.map(\.rawValue) + [
        "requests", "failed", "units", "request_seconds", "bytes_in", "bytes_out", "setup_seconds", "idle_seconds",
        "running_seconds", "draining_seconds", "terminating_seconds", "gpu_seconds", "cost",
      ]
    let lines = report.rows.map { row in
      let usage = row.usage
      let seconds = usage.seconds
      return report.by.map { quoted(row.of[$0.rawValue] ?? "") }
        + ["\(usage.requests)", "\(usage.failed)", plain(usage.units), plain(usage.requestSeconds)]
        + ["\(usage.bytesIn)", "\(usage.bytesOut)", plain(seconds.setup), plain(seconds.idle), plain(seconds.running)]
        + [plain(seconds.draining), plain(seconds.terminating), plain(usage.gpuSeconds), usage.cost.map { plain($0) } ?? ""]
    }
    return ([head] + lines).map { $0.joined(separator: ",") + "\n" }.joined()
  }

  private static func quoted(_ text: String) -> String {
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  /// Six digits after the point at most, and none that are zero.
  private static func plain(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
    let millionths = Int((value * 1e6).rounded())
    let (whole, rest) = millionths.quotientAndRemainder(dividingBy: 1_000_000)
    guard rest != 0 else { return "\(whole)" }
    var digits = String(String(1_000_000 + abs(rest)).dropFirst())
    while digits.hasSuffix("0") { digits.removeLast() }
    return (value < 0 && whole == 0 ? "-" : "") + "\(whole).\(digits)"
  }

  /// At least two digits after the point.
  private static func money(_ value: Double) -> String {
    var text = plain((value * 1e4).rounded() / 1e4)
    if !text.contains(".") { text += "." }
    while text.drop(while: { $0 != "." }).count < 3 { text += "0" }
    return text
  }
}

extension UsageDimension {
  fileprivate var title: String {
    switch self {
    case .gpus: "GPUs"
    case .app, .owner, .payer, .caller, .key, .revision, .machine, .kind, .hour, .day, .month:
      rawValue.prefix(1).uppercased() + rawValue.dropFirst()
    }
  }
}
