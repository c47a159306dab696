import EngineCore
import Synchronization

/// What reaches the engine from other threads, in order. Demand is gathered: of an app only the youngest counts.
final class Mailbox: Sendable {
  enum Letter: Sendable {
    case runner(RunnerID, generation: Int, Input.RunnerReport)
    case demand(AppID, Demand)
    /// A deadline that somebody waited for has come.
    case time
  }

  fileprivate struct State {
    /// At most a few per runner, and one demand per app.
    var letters: [Letter] = []
    var demand: [AppID: Demand] = [:]
  }

  /// One token stands for all letters that wait.
  let arrivals: AsyncStream<Void>
  private let bell: AsyncStream<Void>.Continuation
  private let state = Mutex(State())

  init() { (arrivals, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

  func post(_ letter: Letter) {
    state.withLock { state in
      switch letter {
      case .runner, .time: state.letters.append(letter)
      case .demand(let app, let demand): state.gather(demand, of: app)
      }
    }
    bell.yield()
  }

  func take() -> [Letter] {
    state.withLock { state in
      defer {
        state.letters.removeAll(keepingCapacity: true)
        state.demand.removeAll(keepingCapacity: true)
      }
      return state.letters + state.demand.map { .demand($0.key, $0.value) }
    }
  }

  /// Ends `arrivals`.
  func close() { bell.finish() }
}

extension Mailbox.State {
  /// A runner that was busy in a report that is passed over was busy all the same.
  fileprivate mutating func gather(_ latest: Demand, of app: AppID) {
    var latest = latest
    if let earlier = demand[app] {
      latest.busySince.formUnion(earlier.busySince)
      latest.busySince.formUnion(earlier.inFlight.keys)
    }
    demand[app] = latest
  }
}
