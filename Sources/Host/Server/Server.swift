import AppModel
public import ControlAPI
import Crypto
import Engine
import EngineCore
import FoundationEssentials
import Gateway
import Glibc
import Logging
import Providers
import Store

/// A server with its data folder: the one place where its parts are put together.
public actor Server {
  /// Base address of apps and of the control API, without a slash at the end.
  public nonisolated let url: String
  /// `id:secret` of the owner, at the first start on this data folder only.
  public nonisolated let keyMade: String?
  /// What the control API was told: to end, and whether with the runners. For one listener.
  public nonisolated let stopOrders: AsyncStream<ServerStop>

  private let parts: ServerParts
  private let service: ControlService
  private let control: ControlEndpoint
  private let gateway: Gateway
  private var background: [Task<Void, Never>]
  private var stopping: Task<Void, Never>?

  /// Starts on the data folder, takes over the runners that an earlier server left, and listens.
  ///
  /// - Throws: `ServerFailure`; runners live on then, and the folder is free for another try.
  public static func start(_ options: ServerSetup) async throws(ServerFailure) -> Server {
    do {
      return try await started(options)
    } catch {
      throw ServerFailure(error)
    }
  }

  private static func started(_ options: ServerSetup) async throws -> Server {
    let runner = try RunnerExecutable.find(environment: options.environment)
    try PortCheck.run(host: options.host, port: options.port)
    if let tls = options.tls {
      do { try PortCheck.run(host: tls.host, port: tls.port) } catch { throw ServerTLS.failure(error) }
    }
    let parts = try ServerParts(options, runner: runner)
    let background =
      [parts.tellEvents(), parts.keepHouse(), parts.bringWebhooks()]
      + (parts.tls.map { [$0.keep(parts.gateway, parts.disk, parts.logger)] } ?? [])
    do {
      return try await listening(options, parts, background)
    } catch {
      for task in background { task.cancel() }
      await parts.leave(endingRunners: false) { for task in background { await task.value } }
      throw error
    }
  }

  private static func listening(
    _ options: ServerSetup, _ parts: ServerParts, _ background: [Task<Void, Never>]
  ) async throws -> Server {
    let (orders, order) = AsyncStream<ServerStop>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let gateway = parts.gateway
    gateway.onDemand = { [engine = parts.engine] app, demand in engine.demand(app, demand) }
    await parts.engine.start()
    gateway.endQueuesOfMissingApps()
    if parts.hasRunners { await parts.adopted.wait(max: adoptionMax) }
    let service = parts.service { order.yield(ServerStop(stopsRunners: $0)) }
    let responder = ControlResponder(keyring: parts.keyring, owner: options.owner, logger: parts.logger) {
      try await service.perform($0, $1)
    }
    let door = DoorResponder(
      control: responder, files: parts.fileResponder, metrics: parts.metrics(service.server),
      keySet: KeySetResponder(key: parts.webhookKey),
      tokens: TokenResponder(keyring: parts.keyring, logger: parts.logger))
    let control = try await ControlEndpoint.start(options.folder.controlSocket, door)
    do {
      let (host, port) = try await gateway.start(host: options.host, port: options.port)
      parts.address.set(host: host, port: port)
      try await parts.tls?.listen(gateway, parts.logger)
      try ServerRecord(url: parts.address.url, pid: getpid()).write(in: options.folder)
    } catch {
      await control.stop()
      throw error
    }
    parts.logger.info(
      "serving", metadata: ["url": "\(parts.address.url)", "data": "\(options.folder.path)", "owner": "\(options.owner)"])
    return Server(parts, service, control, gateway, background, orders)
  }

  /// Runners of the server before are found in a few milliseconds. Only what it says of them waits for that: requests
  /// would wait in the gateway.
  private static let adoptionMax = Duration.milliseconds(250)

  private init(
    _ parts: ServerParts, _ service: ControlService, _ control: ControlEndpoint, _ gateway: Gateway,
    _ background: [Task<Void, Never>], _ orders: AsyncStream<ServerStop>
  ) {
    self.parts = parts
    self.service = service
    self.control = control
    self.gateway = gateway
    self.background = background
    url = parts.address.url
    keyMade = parts.keyMade?.text
    stopOrders = orders
  }

  /// As the control API tells it.
  public func status() async -> ServerStatus { await service.status() }

  /// As the control API tells it.
  public func nodes() async -> NodeList { await service.nodes() }

  /// Ends the server. Its runners live on for the next one, unless they are to end with it; what callers have asked for
  /// already is answered first, for a moment.
  public func stop(endingRunners: Bool = false) async {
    let work = stopping ?? Task { await end(endingRunners) }
    stopping = work
    await work.value
  }

  private func end(_ endingRunners: Bool) async {
    parts.logger.info("stopping", metadata: ["runners": endingRunners ? "end" : "live on"])
    ServerRecord.remove(in: parts.options.folder)
    for task in background { task.cancel() }
    await parts.leave(endingRunners: endingRunners) { [gateway, control, background] in
      await gateway.stop(grace: Self.answersGrace)
      await control.stop()
      // What they are at is the last that the store is asked for.
      for task in background { await task.value }
    }
  }

  /// For answers that are under way; requests of apps go on in their runners only as long as their callers' connection.
  private static let answersGrace = Duration.seconds(2)
}
