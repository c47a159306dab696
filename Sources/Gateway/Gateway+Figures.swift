import EngineCore
import NIOCore

extension Gateway {
  /// Apps whose figures are taken in one turn of the event loop, so that requests never wait long for a scrape.
  private static let appsAtOnce = 256

  /// Tells `observer` of every request that is over from now on.
  public func observe(_ observer: any RequestObserver) { perform { $0.records.add(observer: observer) } }

  /// What the gateway has counted and holds; nil once it has stopped.
  public func figures() async -> GatewayFigures? { await ask { $0.figures } }

  /// What each app has counted and holds, in no order. Not of one moment, where there are many apps.
  public func appFigures() async -> [AppFigures] {
    let apps = await ask { $0.apps } ?? []
    var figures: [AppFigures] = []
    figures.reserveCapacity(apps.count)
    for start in stride(from: 0, to: apps.count, by: Self.appsAtOnce) {
      let some = apps[start..<min(start + Self.appsAtOnce, apps.count)]
      figures += await ask { core in some.compactMap { core.figures(of: $0) } } ?? []
    }
    return figures
  }

  private func ask<Value: Sendable>(_ body: @escaping @Sendable (Core) -> Value) async -> Value? {
    await withCheckedContinuation { done in
      let isAccepted = perform { done.resume(returning: body($0)) }
      if !isAccepted { done.resume(returning: nil) }
    }
  }
}
