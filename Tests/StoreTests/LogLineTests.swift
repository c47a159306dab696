import RunnerProtocol
import Testing

@testable import Store

@Suite struct LogLineTests {
  @Test(arguments: [
    "", "plain", "tabs\tand\nends\r\n", "back\\slash\\n", "\\", "ünï©ödé 🌙", "\u{0}\u{7f}", String(repeating: "x\n", count: 9000),
  ])
  func aRecordComesBackAsItWas(message: String) throws {
    for level in LogRecord.Level.allCases {
      for source in LogRecord.Source.allCases {
        let record = LogRecord(nanoseconds: .max, level: level, source: source, requestID: "r\t1", message: message)
        var bytes: [UInt8] = []
        LogLine.append(record, to: &bytes)
        #expect(bytes.last == UInt8(ascii: "\n"))
        #expect(bytes.count { $0 == UInt8(ascii: "\n") } == 1)
        #expect(LogLine.record(bytes.dropLast()) == record)
      }
    }
  }

  @Test func aLongMessageIsCut() throws {
    var bytes: [UInt8] = []
    let message = String(repeating: "x", count: LogRecord.messageMax + 5)
    LogLine.append(LogRecord(nanoseconds: 1, level: .info, source: .script, message: message), to: &bytes)
    #expect(LogLine.record(bytes.dropLast())?.message.utf8.count == LogRecord.messageMax)
  }

  @Test(arguments: ["", "1\tI\ts\t", "x\tI\ts\t\tm", "1\tQ\ts\t\tm", "1\tI\tq\t\tm", "1\tII\ts\t\tm", "-1\tI\ts\t\tm"])
  func whatIsNoLineOfOursIsNotRead(text: String) {
    #expect(LogLine.record(Array(text.utf8)[...]) == nil)
  }
}
