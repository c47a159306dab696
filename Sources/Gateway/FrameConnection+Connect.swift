import NIOCore
import NIOPosix

extension FrameConnection {
  /// Bytes read at once: an answer's worth for each of many requests.
  private static let readSize = 64 * 1024
  /// The socket of a runner is listening before anyone knows of it, so that connecting takes no time.
  private static let connectTimeout = TimeAmount.seconds(5)

  /// Connects `handler` to a Unix socket; `onFailure` gets the reason if that does not work.
  static func connect(
    _ handler: FrameConnection, to socket: String, loop: NIOIsolatedEventLoop, onFailure: @escaping (String) -> Void
  ) {
    let bound = NIOLoopBound(handler, eventLoop: loop.nonisolated())
    ClientBootstrap(group: loop.nonisolated())
      .connectTimeout(connectTimeout)
      .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: readSize))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(bound.value) }
      }
      .connect(unixDomainSocketPath: socket)
      .assumeIsolated()
      .whenFailure { onFailure("\($0)") }
  }
}
