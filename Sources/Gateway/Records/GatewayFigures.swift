public import EngineCore

/// The gateway at one moment.
public struct GatewayFigures: Sendable {
  public var counts: GatewayCounts
  public var connections: Int
  public var tunnels: Int
  /// Bytes of request bodies that are held.
  public var bodyBytes: Int
  /// Records of requests that an observer had no room for.
  public var recordsLost: Int
}

/// One app at the gateway at one moment.
public struct AppFigures: Sendable {
  public var app: AppID
  /// Requests that wait for a runner, or in the queue for another attempt.
  public var waiting: Int
  /// Requests that runners have.
  public var running: Int
  public var counts: AppCounts
}

extension Core {
  var figures: GatewayFigures {
    GatewayFigures(
      counts: counts, connections: connectionCount, tunnels: tunnelCount, bodyBytes: bodyBytes, recordsLost: records.lost)
  }

  func figures(of app: AppID) -> AppFigures? {
    guard let desk = knownDesk(of: app) else { return nil }
    let waiting = desk.dispatcher.waiting
    return AppFigures(
      app: app, waiting: waiting + (desk.queue?.waitingCount ?? 0), running: desk.dispatcher.live - waiting, counts: desk.counts)
  }
}
