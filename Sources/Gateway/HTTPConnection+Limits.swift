extension HTTPConnection {
  /// Seconds in which a client must close its half of a connection that is ending.
  private static let lingerSeconds = 2

  /// Once a second: ends a connection whose client is too slow or has nothing to say.
  func swept(at seconds: Int) {
    let silence = seconds - lastProgress
    let limits = core.configuration
    switch state {
    case .idle:
      if silence > (request.id.isEmpty ? limits.readSeconds : limits.idleSeconds) { abandon() }
    case .receiving:
      guard silence > limits.readSeconds else { return }
      _ = takeIncoming()
      request.keepsAlive = false
      answer(.bodyTooSlow)
    case .discarding:
      if silence > limits.readSeconds { abandon() }
    case .ending:
      let isWritten = context?.channel.isWritable ?? true
      if silence > (isWritten ? Self.lingerSeconds : limits.writeSeconds) { abandon() }
    case .answering, .asking, .closed: break
    case .streaming, .sending: dropIfStuck(seconds)
    case .watching(let watch):
      // Its place in the queue changes with each request that is before it.
      watch.changed()
      dropIfStuck(seconds)
    case .proxying(let session):
      guard session.waitsForBody else { return dropIfStuck(seconds) }
      guard silence > limits.readSeconds else { return }
      request.keepsAlive = false
      session.bodyFailed(.bodyTooSlow)
    }
  }

  /// A client that takes nothing of what is written to it.
  private func dropIfStuck(_ seconds: Int) {
    guard let context else { return }
    if context.channel.isWritable {
      lastProgress = seconds
    } else if seconds - lastProgress > core.configuration.writeSeconds {
      abandon()
    }
  }

  /// Closes at once.
  func abandon() { context?.close(promise: nil) }

  /// The gateway is stopping.
  func stopWhenIdle() {
    switch state {
    case .idle: end(.close)
    case .receiving, .answering, .streaming, .proxying, .asking, .sending, .discarding: request.keepsAlive = false
    case .watching(let watch):
      request.keepsAlive = false
      watch.leave()
      endStream()
    case .ending, .closed: break
    }
  }
}
