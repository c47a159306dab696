/// Cuts the bytes of a `text/event-stream` into events.
struct EventStream: Sendable {
  struct Event: Sendable, Hashable {
    /// Empty: none was said.
    var name: String
    var data: String
  }

  /// Bytes of one event: a picture in Base64 fits.
  static let eventBytesMax = 32 * 1_048_576

  struct EventTooLong: Error, Hashable {}

  private var line: [UInt8] = []
  private var endedByReturn = false
  private var name = ""
  private var data: [UInt8] = []
  private var hasData = false

  /// The events that `bytes` ends. One that is not ended when the stream is, is not whole, and is none.
  mutating func take(_ bytes: some Sequence<UInt8>) throws(EventTooLong) -> [Event] {
    var events: [Event] = []
    for byte in bytes {
      let isRest = endedByReturn && byte == UInt8(ascii: "\n")
      endedByReturn = byte == UInt8(ascii: "\r")
      if isRest { continue }
      guard byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") else {
        guard line.count + data.count < Self.eventBytesMax else { throw EventTooLong() }
        line.append(byte)
        continue
      }
      if line.isEmpty, let event = finish() { events.append(event) }
      if !line.isEmpty { take(line: line) }
      line = []
    }
    return events
  }

  private mutating func finish() -> Event? {
    defer { (name, data, hasData) = ("", [], false) }
    return hasData ? Event(name: name, data: String(decoding: data, as: UTF8.self)) : nil
  }

  private mutating func take(line: [UInt8]) {
    let mark = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
    var value = line[mark...].dropFirst()
    if value.first == UInt8(ascii: " ") { value.removeFirst() }
    switch String(decoding: line[..<mark], as: UTF8.self) {
    case "event": name = String(decoding: value, as: UTF8.self)
    case "data":
      if hasData { data.append(UInt8(ascii: "\n")) }
      data += value
      hasData = true
    // Comments, which keep a connection alive, and what is about taking up a stream again.
    default: break
    }
  }
}
