import RunnerProtocol
import Testing

@Suite struct FrameTests {
  struct Frame: Equatable {
    var kind: FrameKind
    var stream: UInt32
    var payload: [UInt8]
  }

  @Test func aHeaderComesBackAsItWasWritten() throws {
    for kind in FrameKind.allCases {
      let header = FrameHeader(length: 70_000, kind: kind, stream: .max)
      var bytes: [UInt8] = []
      header.write(to: &bytes)
      #expect(bytes.count == FrameHeader.size)
      #expect(try bytes.withUnsafeBytes { try FrameHeader($0) } == header)
    }
  }

  @Test func rawValuesOnTheWireNeverChange() {
    let values = FrameKind.allCases.map(\.rawValue)
    #expect(values == Array(1...11) + Array(64...76))
  }

  @Test(
    arguments: [
      ([0x01, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 0], FrameError.tooLong(0x0400_0001)),
      ([0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0, 0, 0, 0, 0], FrameError.tooLong(0xffff_ffff)),
      ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], FrameError.unknownKind(0)),
      ([0, 0, 0, 0, 200, 0, 0, 0, 0, 0, 0, 0], FrameError.unknownKind(200)),
      ([0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0], FrameError.unknownFlags),
      ([0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0], FrameError.unknownFlags),
      ([0, 0, 0, 0, 1], FrameError.truncated),
    ] as [([UInt8], FrameError)]) func aBadHeaderIsATypedError(bytes: [UInt8], error: FrameError)
  {
    #expect(throws: error) { try bytes.withUnsafeBytes { try FrameHeader($0) } }
  }

  @Test func aPayloadThatThrowsLeavesNoHalfFrame() {
    struct Broken: Error {}
    var bytes: [UInt8] = [1, 2, 3]
    #expect(throws: Broken.self) {
      try bytes.append(frame: .request, stream: 1) { output in
        output.append(9)
        throw Broken()
      }
    }
    #expect(bytes == [1, 2, 3])
  }

  @Test func aBodyThatIsSentApartCounts() throws {
    var bytes: [UInt8] = []
    bytes.append(frame: .request, stream: 3, bodyCount: 2) { $0.append(7) }
    #expect(try bytes.withUnsafeBytes { try FrameHeader($0) }.length == 3)
    bytes += [8, 9]
    #expect(try decoded([bytes]) == [Frame(kind: .request, stream: 3, payload: [7, 8, 9])])
  }

  @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64]) func framesComeOutWholeHoweverTheBytesAreCut(seed: UInt64) throws {
    var random = Seeded(seed)
    let frames = (0..<300).map { _ in
      Frame(
        kind: FrameKind.allCases[Int(random.next() % UInt64(FrameKind.allCases.count))],
        stream: UInt32(truncatingIfNeeded: random.next()),
        payload: random.bytes(upTo: random.next() % 50 == 0 ? 20_000 : 60))
    }
    var bytes: [UInt8] = []
    for frame in frames { bytes.append(frame: frame.kind, stream: frame.stream) { $0 += frame.payload } }
    var pieces: [[UInt8]] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = rest.prefix(Int.random(in: 1...500, using: &random))
      pieces.append(Array(piece))
      rest = rest.dropFirst(piece.count)
    }
    #expect(try decoded(pieces) == frames)
  }

  @Test(arguments: [7, 8, 9] as [UInt64]) func bytesThatAreNoFramesEndInAFrameError(seed: UInt64) {
    var random = Seeded(seed)
    for _ in 0..<500 {
      var bytes: [UInt8] = []
      bytes.append(frame: .log, stream: 1) { $0 += random.bytes(upTo: 30) }
      for _ in 0..<3 { bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8(truncatingIfNeeded: random.next()) }
      do { _ = try decoded([bytes]) } catch { #expect(error is FrameError) }
    }
  }

  @Test func anIncompleteFrameIsNotDelivered() throws {
    var bytes: [UInt8] = []
    bytes.append(frame: .chunk, stream: 1) { $0 += [1, 2, 3] }
    for count in 0..<bytes.count { #expect(try decoded([Array(bytes[..<count])]).isEmpty) }
  }

  private func decoded(_ pieces: [[UInt8]]) throws -> [Frame] {
    var decoder = FrameDecoder()
    var frames: [Frame] = []
    for piece in pieces {
      piece.withUnsafeBytes { decoder.append($0) }
      while try decoder.next({ frames.append(Frame(kind: $0.kind, stream: $0.stream, payload: Array($1))) }) {}
    }
    return frames
  }
}
