/// A client's connection that speaks another protocol than HTTP by now, with the slot that it holds.
protocol OpenSocket: AnyObject {
  /// Once a second: ends what is silent or stuck for too long.
  func swept(at seconds: Int)
  /// The gateway is stopping: no new work begins on it.
  func stopWhenIdle()
  /// Closes at once.
  func abandon()
}

/// The sockets that are open. They count among the gateway's connections.
final class OpenSockets {
  private var all: [ObjectIdentifier: any OpenSocket] = [:]

  var count: Int { all.count }

  func opened(_ socket: any OpenSocket) { all[ObjectIdentifier(socket)] = socket }

  func closed(_ socket: any OpenSocket) { all[ObjectIdentifier(socket)] = nil }

  func swept(at seconds: Int) {
    for socket in all.values { socket.swept(at: seconds) }
  }

  func stopWhenIdle() {
    for socket in all.values { socket.stopWhenIdle() }
  }

  func abandon() {
    for socket in all.values { socket.abandon() }
  }
}
