public import EngineCore
import Glibc
import NIOCore
import NIOPosix
import RunnerProtocol
import Synchronization

/// The HTTP entrance to all apps, and the owner of every request until it is answered.
///
/// Takes requests on one TCP port (and from within the process), gives each a slot of a runner that is ready, keeps those
/// that must wait, and reports how many those are. It starts no runner itself: whoever does tells it with `attach`.
public final class Gateway: Sendable {
  private enum Life: Sendable {
    /// Becomes `serving` or `stopped`.
    case fresh
    /// With its listeners, once they are there.
    case serving([any Channel])
    case stopped
  }

  let loop: any EventLoop
  let configuration: GatewayConfiguration
  private let authenticator: any Authenticator
  let group: MultiThreadedEventLoopGroup
  private let life = Mutex(Life.fresh)
  private let demandHandler = Mutex<(@Sendable (AppID, Demand) -> Void)?>(nil)
  private let core: NIOLoopBoundBox<Core?>

  public init(
    configuration: GatewayConfiguration = GatewayConfiguration(), authenticator: any Authenticator = OpenAuthenticator()
  ) {
    self.configuration = configuration
    self.authenticator = authenticator
    group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    loop = group.next()
    core = .makeEmptyBox(valueType: Core.self, eventLoop: loop)
  }

  /// Called with an app's whole demand when it changed: at once when a request begins to wait where none did, else
  /// gathered over `demandMilliseconds`. Runs on the gateway's event loop, so it must hand over and return.
  public var onDemand: (@Sendable (AppID, Demand) -> Void)? {
    get { demandHandler.withLock { $0 } }
    set { demandHandler.withLock { $0 = newValue } }
  }

  /// Begins to take requests over TCP.
  ///
  /// - Parameter port: 0 for any that is free.
  /// - Returns: where it listens.
  /// - Throws: `portInUse`, `cannotListen`, or `notStartable` when it was started or stopped before.
  public func start(host: String = "127.0.0.1", port: Int = 0) async throws(GatewayError) -> (host: String, port: Int) {
    let mayStart = life.withLock { life in
      guard case .fresh = life else { return false }
      life = .serving([])
      return true
    }
    guard mayStart else { throw .notStartable }
    let channel: any Channel
    do {
      channel = try await listener(host: host, port: port, isTLS: false)
    } catch {
      life.withLock { life in if case .serving = life { life = .fresh } }
      throw GatewayError(error, host: host, port: port)
    }
    try serve(channel)
    return (channel.localAddress?.ipAddress ?? host, channel.localAddress?.port ?? port)
  }

  /// Keeps a new listener until `stop`.
  func serve(_ channel: any Channel) throws(GatewayError) {
    let isServing = life.withLock { life in
      guard case .serving(let channels) = life else { return false }
      life = .serving(channels + [channel])
      return true
    }
    guard isServing else {
      channel.close(promise: nil)
      throw .notStartable
    }
  }

  /// Takes no new connection or request, lets what is in flight finish for up to `grace`, then ends it and closes the
  /// connections to all runners. Can be called again, and does nothing then.
  public func stop(grace: Duration = .seconds(5)) async {
    let (isFirst, channels): (Bool, [any Channel]) = life.withLock { life in
      defer { life = .stopped }
      switch life {
      case .fresh: return (true, [])
      case .serving(let channels): return (true, channels)
      case .stopped: return (false, [])
      }
    }
    guard isFirst else { return }
    for channel in channels { channel.close(promise: nil) }
    await finish(within: grace)
    loop.execute { self.coreOnLoop().endStopping() }
    // Runs after what the line above has put on the loop, and closes every channel that is left.
    await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
      group.shutdownGracefully { _ in done.resume() }
    }
  }

  /// Lets what is in flight come to its end. Cancelling the task ends the wait; everything is closed all the same.
  private func finish(within grace: Duration) async {
    let over = loop.makePromise(of: Void.self)
    loop.execute {
      let core = self.coreOnLoop()
      core.beginStopping()
      core.whenIdle { over.succeed() }
    }
    let limit = loop.scheduleTask(in: .nanoseconds(max(0, grace.nanoseconds))) { over.succeed() }
    await withTaskCancellationHandler {
      await withCheckedContinuation { done in over.futureResult.whenComplete { _ in done.resume() } }
    } onCancel: {
      over.succeed()
    }
    limit.cancel()
  }

  /// Runs `body` on the event loop, after everything that was asked for before; not at all once the gateway has stopped.
  @discardableResult
  func perform(_ body: @escaping @Sendable (Core) -> Void) -> Bool {
    life.withLock { life in
      // Under the lock, so that the loop is not shut down between looking and asking.
      if case .stopped = life { return false }
      loop.execute { body(self.coreOnLoop()) }
      return true
    }
  }

  func coreOnLoop() -> Core {
    if let core = core.value { return core }
    let new = Core(configuration: configuration, authenticator: authenticator, loop: loop.assumeIsolated()) {
      [weak self] in self?.onDemand?($0, $1)
    }
    core.value = new
    return new
  }
}

extension GatewayError {
  /// What went wrong when listening on that address.
  init(_ error: any Error, host: String, port: Int) {
    if let error = error as? IOError, error.errnoCode == EADDRINUSE {
      self = .portInUse(host: host, port: port)
    } else {
      self = .cannotListen(host: host, port: port, reason: "\(error)")
    }
  }
}
