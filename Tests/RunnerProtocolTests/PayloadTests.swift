import RunnerProtocol
import Testing

@Suite struct PayloadTests {
  static let seeds: [UInt64] = [1, 2, 3, 4]

  @Test(arguments: seeds) func everyPayloadComesBackAsItWasWritten(seed: UInt64) throws {
    var random = Seeded(seed)
    for _ in 0..<200 {
      let headers = (0..<Int.random(in: 0...5, using: &random)).map { _ in
        RequestHead.Header(random.text(upTo: 20), random.text(upTo: 200))
      }
      let request = RequestHead(
        requestID: random.text(upTo: 40), method: ["POST", "GET"][Int(random.next() % 2)], path: random.text(upTo: 40),
        query: random.text(upTo: 20), callerID: random.text(upTo: 9),
        timeLimit: .random(in: 0 ... .max, using: &random), headers: headers)
      #expect(try read(written { request.write(to: &$0) }, RequestHead.init) == request)
      let answer = AnswerHead(
        status: .random(in: 0 ... .max, using: &random), errorType: random.text(upTo: 20), headers: headers)
      #expect(try read(written { answer.write(to: &$0) }, AnswerHead.init) == answer)
      let log = LogRecord(
        nanoseconds: random.next(), level: .allCases[Int(random.next() % 4)], source: .allCases[Int(random.next() % 4)],
        requestID: random.text(upTo: 40), message: random.text(upTo: 300))
      #expect(try read(written { log.write(to: &$0) }, LogRecord.init) == log)
      let call = HostCall(name: random.text(upTo: 20), arguments: random.bytes(upTo: 100))
      #expect(try read(written { call.write(to: &$0) }, HostCall.init) == call)
      let hostAnswer = HostAnswer(succeeded: random.next() % 2 == 0, payload: random.bytes(upTo: 100))
      #expect(try read(written { hostAnswer.write(to: &$0) }, HostAnswer.init) == hostAnswer)
    }
  }

  @Test func aBodyStandsBehindItsHead() throws {
    let head = RequestHead(requestID: "r", path: "/", headers: [.init("a", "b")])
    var bytes = written { head.write(to: &$0) }
    bytes += Array("{}".utf8)
    let (read, rest, left) = try read(bytes) { reader in
      (try RequestHead(from: &reader), Array(reader.rest()), reader.remaining)
    }
    #expect(read == head)
    #expect(rest == Array("{}".utf8))
    #expect(left == 0)
  }

  @Test func whatAnEarlierRunnerDoesNotKnowIsAHeaderToIt() throws {
    let plain = RequestHead(requestID: "r", path: "/", callerID: "c", headers: [.init("a", "b")])
    var special = plain
    special.query = "x=1"
    special.method = "GET"
    var asHeaders = plain
    asHeaders.headers = [.init(":method", "GET"), .init(":query", "x=1"), .init("a", "b")]
    #expect(written { special.write(to: &$0) } == written { asHeaders.write(to: &$0) })
    // One of a later gateway says what this runner does not know.
    asHeaders.headers = [.init(":later", "1"), .init("a", "b")]
    #expect(try read(written { asHeaders.write(to: &$0) }, RequestHead.init) == plain)
  }

  @Test func everyShorterPayloadIsTruncated() throws {
    let request = written { RequestHead(requestID: "id", path: "/x", headers: [.init("n", "v")]).write(to: &$0) }
    for count in 0..<request.count {
      #expect(throws: FrameError.truncated) { try read(Array(request[..<count]), RequestHead.init) }
    }
    let answer = written { AnswerHead(status: 200, errorType: "e", headers: [.init("n", "v")]).write(to: &$0) }
    for count in 0..<answer.count {
      #expect(throws: FrameError.truncated) { try read(Array(answer[..<count]), AnswerHead.init) }
    }
  }

  @Test func aLyingHeaderCountIsTruncatedAndReservesNothing() {
    var bytes = written { AnswerHead(status: 200).write(to: &$0) }
    bytes[bytes.count - 2] = 0xff
    bytes[bytes.count - 1] = 0xff
    #expect(throws: FrameError.truncated) { try read(bytes, AnswerHead.init) }
  }

  @Test func textThatIsNotUTF8IsRefusedWhereItIsAName() {
    var bytes: [UInt8] = []
    bytes.append(integer: UInt32(0))
    bytes.append(integer: UInt16(1))
    bytes.append(0xff)
    #expect(throws: FrameError.notUTF8) { try read(bytes, RequestHead.init) }
  }

  @Test func aLogMessageThatIsNotUTF8IsRepaired() throws {
    var bytes = written { LogRecord(nanoseconds: 1, level: .info, source: .output, message: "").write(to: &$0) }
    bytes.append(0xff)
    #expect(try read(bytes, LogRecord.init).message == "\u{fffd}")
  }

  @Test func aLongLogMessageIsCut() throws {
    let long = LogRecord(
      nanoseconds: 1, level: .info, source: .script, message: String(repeating: "x", count: LogRecord.messageMax + 1))
    #expect(try read(written { long.write(to: &$0) }, LogRecord.init).message.utf8.count == LogRecord.messageMax)
  }

  @Test func textLongerThanItsLengthFieldIsCutAtACharacter() throws {
    let text = String(repeating: "x", count: 65_534) + "€"
    let bytes = written { $0.append(shortText: text) }
    #expect(try read(bytes) { try $0.shortText() } == String(text.dropLast()))
  }

  @Test(arguments: seeds) func noBytesWhateverCrashAReader(seed: UInt64) {
    var random = Seeded(seed)
    for _ in 0..<5_000 {
      let bytes = random.bytes(upTo: 64)
      for body in [
        { (reader: inout ByteReader) throws in _ = try RequestHead(from: &reader) },
        { (reader: inout ByteReader) throws in _ = try AnswerHead(from: &reader) },
        { (reader: inout ByteReader) throws in _ = try LogRecord(from: &reader) },
        { (reader: inout ByteReader) throws in _ = try HostCall(from: &reader) },
        { (reader: inout ByteReader) throws in _ = try HostAnswer(from: &reader) },
      ] {
        bytes.withUnsafeBytes { raw in
          var reader = ByteReader(raw)
          do { try body(&reader) } catch { #expect(error is FrameError) }
          #expect(reader.remaining >= 0)
        }
      }
    }
  }

  private func written(_ body: (inout [UInt8]) -> Void) -> [UInt8] {
    var bytes: [UInt8] = []
    body(&bytes)
    return bytes
  }

  private func read<Value>(_ bytes: [UInt8], _ body: (inout ByteReader) throws -> Value) throws -> Value {
    try bytes.withUnsafeBytes { raw in
      var reader = ByteReader(raw)
      return try body(&reader)
    }
  }
}
