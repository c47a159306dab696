import EngineCore
import FoundationEssentials
import Gateway

/// Writes records of requests as lines of JSON. What does not apply is left out; a key's secret and the query of a target,
/// where secrets may be, are in no record to begin with.
struct AccessLines {
  private(set) var bytes: [UInt8] = []
  /// The last second that was written, as text: most lines are of the same as the one before.
  private var second: (number: Int64, text: String) = (.min, "")

  mutating func add(_ record: RequestRecord) {
    bytes.append(contentsOf: #"{"time":""#.utf8)
    add(time: record.times.arrivedAt)
    bytes.append(UInt8(ascii: "\""))
    add("id", record.id)
    add("kind", record.kind.rawValue)
    add("method", record.method)
    add("path", record.path)
    if let app = record.app { add("app", "\(app)") }
    if let revision = record.revision { add("revision", revision.text) }
    if let runner = record.runner { add("runner", runner.text) }
    add("user", record.caller.id)
    add("key", record.caller.key)
    add("payer", record.payer)
    add("status", number: "\(record.status)")
    add("outcome", record.outcome.rawValue)
    add("error", record.errorType)
    if record.isCold { add("cold", number: "true") }
    add("wait_ms", record.times.waited)
    add("first_byte_ms", record.times.toFirstByte)
    add("run_ms", record.times.ran)
    add("total_ms", record.times.total)
    add("bytes_in", number: "\(record.bytesIn)")
    add("bytes_out", number: "\(record.bytesOut)")
    if let units = record.billableUnits { add("units", number: "\(units)") }
    bytes.append(contentsOf: "}\n".utf8)
  }

  /// The lines that were gathered, which are not kept.
  mutating func take() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  /// `2026-11-25T09:33:49.012Z`
  private mutating func add(time moment: Moment) {
    var (whole, rest) = moment.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    if rest < 0 { (whole, rest) = (whole - 1, rest + 1_000_000_000) }
    if whole != second.number {
      second = (whole, String(Date(timeIntervalSince1970: Double(whole)).formatted(.iso8601).prefix(19)))
    }
    bytes.append(contentsOf: second.text.utf8)
    bytes.append(UInt8(ascii: "."))
    add(digits: rest / 1_000_000)
    bytes.append(UInt8(ascii: "Z"))
  }

  private mutating func add(_ name: StaticString, _ text: String) {
    guard !text.isEmpty else { return }
    begin(name)
    bytes.append(jsonText: text)
  }

  private mutating func add(_ name: StaticString, number: String) {
    begin(name)
    bytes.append(contentsOf: number.utf8)
  }

  /// In milliseconds, to the microsecond.
  private mutating func add(_ name: StaticString, _ duration: Duration?) {
    guard let duration else { return }
    let (seconds, attoseconds) = duration.components
    let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    begin(name)
    bytes.append(contentsOf: "\(microseconds / 1000).".utf8)
    add(digits: microseconds % 1000)
  }

  private mutating func begin(_ name: StaticString) {
    bytes.append(contentsOf: ",\"".utf8)
    name.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: "\":".utf8)
  }

  /// Three of them.
  private mutating func add(digits number: Int64) {
    for divisor: Int64 in [100, 10, 1] { bytes.append(UInt8(ascii: "0") + UInt8(number / divisor % 10)) }
  }
}
