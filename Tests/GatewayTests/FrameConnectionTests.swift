import Glibc
import NIOCore
import NIOPosix
import RunnerProtocol
import Testing

@testable import Gateway

@Suite struct FrameConnectionTests {
  private final class Receiver: FrameReceiver {
    var frames = 0
    var error: (any Error)?
    func connectionOpened() {}
    func frameArrived(_ header: FrameHeader, payload: ByteBuffer) { frames += 1 }
    func connectionClosed(error: (any Error)?) { self.error = error }
  }

  /// Feeds the pieces to a connection; how many frames came, and the most that was reserved.
  private func fed(_ pieces: [ByteBuffer]) async throws -> (frames: Int, capacityMax: Int, error: (any Error)?) {
    var ends: [Int32] = [0, 0]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    let (mine, other) = (ends[0], ends[1])
    defer { Glibc.close(other) }
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let channel = try await ClientBootstrap(group: loop).withConnectedSocket(mine).get()
    return try await loop.submit {
      let receiver = Receiver()
      let connection = FrameConnection(receiver: receiver, flushes: FlushQueue(loop: loop.assumeIsolated()))
      try channel.pipeline.syncOperations.addHandler(connection)
      var capacityMax = 0
      for piece in pieces {
        channel.pipeline.syncOperations.fireChannelRead(NIOAny(piece))
        capacityMax = max(capacityMax, connection.inboxCapacity)
      }
      channel.close(promise: nil)
      return (receiver.frames, capacityMax, receiver.error)
    }.get()
  }

  @Test func aStreamThatNeverEndsWithAFrameHoldsNoMoreThanOne() async throws {
    var bytes: [UInt8] = []
    bytes.append(frame: .chunk, stream: 1) { $0 += [UInt8](repeating: 0x78, count: 65_000) }
    var stream = ByteBuffer()
    for _ in 0..<500 { stream.writeBytes(bytes) }
    // As the socket gives them: no read ends where a frame does.
    let pieces = stride(from: 0, to: stream.readableBytes, by: 65_536).compactMap {
      stream.getSlice(at: $0, length: min(65_536, stream.readableBytes - $0))
    }
    let (frames, capacityMax, _) = try await fed(pieces)
    #expect(frames == 500)
    #expect(capacityMax <= 512 * 1024, "\(capacityMax)")
  }

  @Test func aLengthThatIsALieReservesNoMoreThanAFrameMayHave() async throws {
    let (frames, capacityMax, error) = try await fed([
      ByteBuffer(bytes: [0xff, 0xff, 0xff, 0xff]), ByteBuffer(bytes: [67, 0, 0, 0, 1, 0, 0, 0]),
    ])
    #expect(frames == 0)
    #expect(capacityMax <= 2 * FrameHeader.payloadMax)
    #expect(error as? FrameError == .tooLong(Int(UInt32.max)))
  }
}
