import NIOCore
import NIOHTTP1

extension Core {
  /// Lets a channel speak HTTP, in the clear or within the TLS that is in its pipeline already.
  func addHTTP(to pipeline: ChannelPipeline.SynchronousOperations, isTLS: Bool) throws {
    var limits = NIOHTTPDecoderLimitConfiguration()
    limits.maxHeaderFieldSize = configuration.headerFieldMax
    limits.maxHeaderListSize = configuration.headersMax
    limits.maxHeaderFieldCount = configuration.headerCountMax
    // What follows a request for another protocol belongs to whoever speaks that.
    let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits)
    try pipeline.addHandler(ByteToMessageHandler(decoder))
    try pipeline.addHandler(HTTPConnection(core: self, isTLS: isTLS))
  }

  /// Makes a new channel what its listener is for.
  func accept(_ channel: any Channel, isTLS: Bool) throws {
    let pipeline = channel.pipeline.syncOperations
    if isTLS {
      // Half-open ones count as connections, and have as long as a request's head may take.
      guard let identity else { return channel.close(promise: nil) }
      try pipeline.addHandler(identity.handler())
    }
    try addHTTP(to: pipeline, isTLS: isTLS)
  }
}
