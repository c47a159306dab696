import RunnerProtocol

/// A record as a line of a file: nanoseconds, level, source, request id and message, with tabs between them.
///
/// Tabs, line ends and backslashes within are written `\t`, `\n`, `\r`, `\\`: a line is a record, and the files can be
/// read with the usual tools.
enum LogLine {
  private static let tab = UInt8(ascii: "\t")
  private static let backslash = UInt8(ascii: "\\")
  private static let levels = Array("DIWE".utf8)
  private static let sources = Array("soer".utf8)

  static func append(_ record: LogRecord, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: String(record.nanoseconds).utf8)
    bytes.append(tab)
    bytes.append(levels[Int(record.level.rawValue)])
    bytes.append(tab)
    bytes.append(sources[Int(record.source.rawValue)])
    bytes.append(tab)
    appendEscaped(record.requestID, limit: .max, to: &bytes)
    bytes.append(tab)
    appendEscaped(record.message, limit: LogRecord.messageMax, to: &bytes)
    bytes.append(UInt8(ascii: "\n"))
  }

  /// nil: it is no line of ours, or one that was torn.
  static func record(_ line: ArraySlice<UInt8>) -> LogRecord? {
    let fields = line.split(separator: tab, maxSplits: 4, omittingEmptySubsequences: false)
    guard fields.count == 5, let nanoseconds = UInt64(String(decoding: fields[0], as: UTF8.self)),
      let level = one(of: levels, fields[1]).flatMap(LogRecord.Level.init),
      let source = one(of: sources, fields[2]).flatMap(LogRecord.Source.init)
    else { return nil }
    return LogRecord(
      nanoseconds: nanoseconds, level: level, source: source, requestID: text(fields[3]), message: text(fields[4]))
  }

  private static func one(of letters: [UInt8], _ field: ArraySlice<UInt8>) -> UInt8? {
    guard field.count == 1, let first = field.first else { return nil }
    return letters.firstIndex(of: first).map(UInt8.init)
  }

  private static func appendEscaped(_ text: String, limit: Int, to bytes: inout [UInt8]) {
    var text = text
    text.withUTF8 { utf8 in
      let utf8 = UnsafeBufferPointer(rebasing: utf8.prefix(limit))
      guard utf8.contains(where: { letter(for: $0) != nil }) else { return bytes.append(contentsOf: utf8) }
      for byte in utf8 {
        guard let letter = letter(for: byte) else {
          bytes.append(byte)
          continue
        }
        bytes.append(backslash)
        bytes.append(letter)
      }
    }
  }

  private static func letter(for byte: UInt8) -> UInt8? {
    switch byte {
    case tab: UInt8(ascii: "t")
    case UInt8(ascii: "\n"): UInt8(ascii: "n")
    case UInt8(ascii: "\r"): UInt8(ascii: "r")
    case backslash: backslash
    default: nil
    }
  }

  private static func text(_ field: ArraySlice<UInt8>) -> String {
    guard field.contains(backslash) else { return String(decoding: field, as: UTF8.self) }
    var plain: [UInt8] = []
    plain.reserveCapacity(field.count)
    var rest = field.makeIterator()
    while let byte = rest.next() {
      guard byte == backslash, let letter = rest.next() else {
        plain.append(byte)
        continue
      }
      switch letter {
      case UInt8(ascii: "t"): plain.append(tab)
      case UInt8(ascii: "n"): plain.append(UInt8(ascii: "\n"))
      case UInt8(ascii: "r"): plain.append(UInt8(ascii: "\r"))
      default: plain.append(letter)
      }
    }
    return String(decoding: plain, as: UTF8.self)
  }
}
