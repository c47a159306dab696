import FoundationEssentials
import RunnerProtocol
import Testing

/// Random and damaged frames and payloads. A second in every test run; `scripts/fuzz-gateway N` runs N rounds from another seed.
@Suite struct FuzzTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let rounds = environment["APOLUNE_FUZZ_ROUNDS"].flatMap { Int($0) }
  private static let seed = environment["APOLUNE_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1

  private static let payloads: [[UInt8]] = {
    var payloads = [[UInt8]](repeating: [], count: 4)
    RequestHead(requestID: "id", method: "GET", path: "/a", query: "b=c", callerID: "me", headers: [.init("n", "v")])
      .write(to: &payloads[0])
    AnswerHead(status: 500, errorType: "internal_error", headers: [.init("n", "ä"), .init("", "")]).write(to: &payloads[1])
    LogRecord(nanoseconds: 1, level: .error, source: .output, requestID: "id", message: "said").write(to: &payloads[2])
    HostCall(name: "call", arguments: Array(#"[1,{"a":null}]"#.utf8)).write(to: &payloads[3])
    return payloads
  }()

  private static func damaged(_ random: inout Seeded) -> [UInt8] {
    var bytes = payloads[Int.random(in: 0..<payloads.count, using: &random)]
    for _ in 0..<Int.random(in: 0...4, using: &random) {
      let at = Int.random(in: 0...bytes.count, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0 where at < bytes.count: bytes[at] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes.insert(contentsOf: [[0], [0xff, 0xff], [1, 0, 0, 0]].randomElement(using: &random) ?? [], at: at)
      case 2: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 0...9, using: &random)))
      default: bytes += random.bytes(upTo: 12)
      }
    }
    return bytes
  }

  /// Only typed errors may come out, and never more than went in.
  private static func read<Value>(_ bytes: [UInt8], _ body: (inout ByteReader) throws(FrameError) -> Value) -> Value? {
    bytes.withUnsafeBytes { raw in
      var reader = ByteReader(raw)
      let value = try? body(&reader)
      #expect(reader.remaining >= 0 && reader.remaining <= bytes.count)
      return value
    }
  }

  @Test func damagedPayloadsAreReadOrRefused() {
    let end = ContinuousClock.now + .seconds(1)
    var round = 0
    while Self.rounds.map({ round < $0 }) ?? (ContinuousClock.now < end) {
      var random = Seeded(Self.seed &+ UInt64(round))
      let bytes = Self.damaged(&random)
      if let head = Self.read(bytes, RequestHead.init(from:)) {
        #expect(head.headers.count <= bytes.count, "round \(round)")
        var again: [UInt8] = []
        head.write(to: &again)
        #expect(Self.read(again, RequestHead.init(from:)) == head, "round \(round)")
      }
      if let head = Self.read(bytes, AnswerHead.init(from:)) { #expect(head.headers.count <= bytes.count, "round \(round)") }
      _ = Self.read(bytes, LogRecord.init(from:))
      _ = Self.read(bytes, HostCall.init(from:))
      var frame: [UInt8] = []
      frame.append(frame: .answer, stream: 1) { $0 += bytes }
      let at = Int.random(in: 0..<frame.count, using: &random)
      frame[at] = UInt8.random(in: 0...255, using: &random)
      var decoder = FrameDecoder()
      frame.withUnsafeBytes { decoder.append($0) }
      do {
        while try decoder.next({ #expect($1.count == $0.length, "round \(round)") }) {}
      } catch {
        #expect(error is FrameError, "round \(round)")
      }
      round += 1
    }
  }
}
