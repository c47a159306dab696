import EngineCore
import NIOCore
import Queueing
import RunnerProtocol

/// Everything that the gateway knows, confined to its event loop.
///
/// Connections, dispatchers and links to runners share this one loop, so that a request crosses no thread and takes no
/// lock on its way. One loop carries what one core can; the other cores are for runners.
final class Core {
  let configuration: GatewayConfiguration
  let authenticator: any Authenticator
  let loop: NIOIsolatedEventLoop
  let flushes: FlushQueue
  let places = KeyPlaces()
  let records: RequestRecords
  var counts = GatewayCounts()
  let sockets = OpenSockets()
  /// Seconds since the first connection, as the sweep counts them: a clock that costs nothing to read.
  private(set) var seconds = 0
  /// Of the present second, while there is anybody to tell it.
  private(set) var date = DateLine()
  /// Grows with each change of routes, so that connections can remember where their last request went.
  private(set) var routesVersion = 0
  private(set) var isStopping = false
  /// Bytes of bodies that connections hold.
  var bodyBytes = 0
  /// What TLS connections are shown; nil: there are none.
  var identity: TLSIdentity?
  /// Where they are taken.
  var tlsPort: Int?
  /// nil: requests cannot be queued here.
  private(set) var queue: GatewayQueue?
  /// The way to the control API; nil when it has none.
  private(set) lazy var control = configuration.controlSocket.map { ControlDoor(socket: $0, core: self) }
  private let onDemand: @Sendable (AppID, Demand) -> Void
  private var desks: [AppID: AppDesk] = [:]
  /// Apps that have a route, by the name that they have in URLs.
  private var desksByKey: [String: AppDesk] = [:]
  private var links: [RunnerID: RunnerLink] = [:]
  private var connections: [ObjectIdentifier: HTTPConnection] = [:]
  private var tunnels: [ObjectIdentifier: Tunnel] = [:]
  private var ids = RequestIDs()
  private var sweep: Scheduled<Void>?
  /// Whoever waits for the end of everything that is in flight.
  private var onIdle: (() -> Void)?

  init(
    configuration: GatewayConfiguration, authenticator: any Authenticator, loop: NIOIsolatedEventLoop,
    onDemand: @escaping @Sendable (AppID, Demand) -> Void
  ) {
    self.configuration = configuration
    self.authenticator = authenticator
    self.loop = loop
    self.onDemand = onDemand
    flushes = FlushQueue(loop: loop)
    records = RequestRecords(loop: loop)
  }

  func nextRequestID() -> String { ids.next() }

  func report(_ app: AppID, _ demand: Demand) { onDemand(app, demand) }

  // MARK: Apps

  func desk(key: String) -> AppDesk? { desksByKey[key] }

  func knownDesk(of app: AppID) -> AppDesk? { desks[app] }

  var apps: [AppID] { Array(desks.keys) }

  func desk(for app: AppID) -> AppDesk {
    if let desk = desks[app] { return desk }
    let desk = AppDesk(app: app, core: self)
    desks[app] = desk
    return desk
  }

  func route(_ app: AppID, to route: AppRoute?) {
    routesVersion += 1
    guard let route else {
      desksByKey[app.description] = nil
      guard let desk = desks[app] else { return }
      desk.routed(to: nil)
      return forgetIfDeserted(desk)
    }
    let desk = desk(for: app)
    desksByKey[app.description] = desk
    desk.routed(to: route)
  }

  func refuseWaiting(_ app: AppID, _ fault: Fault) { desks[app]?.refuseWaiting(fault) }

  private func forgetIfDeserted(_ desk: AppDesk) {
    if desk.isDeserted { forget(desk) }
  }

  /// Nothing refers to it any more.
  func forget(_ desk: AppDesk) { desks[desk.app] = nil }

  // MARK: Queue

  /// From here on requests can be queued; those of the process before wait again.
  func openQueue(_ queue: GatewayQueue, _ pending: [PendingRequest]) {
    self.queue = queue
    // In a turn of its own: whoever gives a place back is in the middle of something.
    places.onFree = { [unowned self, unowned queue] key in loop.execute { queue.placeFree(key) } }
    for request in pending { desk(for: request.request.app).openQueue()?.recovered(request) }
    backlogsChanged()
  }

  /// Every app that there is has its route: what waits for another waits for nothing.
  func endQueuesOfMissingApps() {
    for desk in desks.values where desk.routed == nil { desk.queue?.appRemoved() }
  }

  /// What keeps all queues from going on came or went.
  func backlogsChanged() {
    for desk in desks.values { desk.queue?.changed() }
  }

  // MARK: Runners

  func attach(_ link: RunnerLink, socket: String, slots: Int) {
    guard links[link.runner] == nil else { return }
    guard !isStopping else { return link.closeOnce() }
    links[link.runner] = link
    link.desk.attached(link, slots: slots)
    startSweep()
    FrameConnection.connect(link.handler, to: socket, loop: loop) { reason in
      link.failed(code: "runner-unreachable", "cannot connect to \(socket): \(reason)")
      link.closeOnce()
    }
  }

  func drain(_ runner: RunnerID) {
    guard let link = links[runner] else { return }
    link.desk.runnerDraining(link)
    link.drain()
  }

  /// The runner has ended. What it wrote last may still be on its way: its requests have a moment to be answered.
  func detach(_ runner: RunnerID) {
    guard let link = links[runner] else { return }
    link.desk.runnerDraining(link)
    link.endWhenIdle()
    loop.scheduleTask(in: .milliseconds(Int64(configuration.detachMilliseconds))) { link.close() }
  }

  func linkClosed(_ link: RunnerLink) {
    // One that was refused while stopping was never known.
    guard let known = links[link.runner], known === link else { return }
    links[link.runner] = nil
    // After the desk has dealt with the loss.
    loop.execute { self.forgetIfDeserted(link.desk) }
  }

  // MARK: Connections

  /// Whether there is room for one more.
  func connectionOpened(_ connection: HTTPConnection) -> Bool {
    guard connections.count + sockets.count < configuration.connectionsMax, !isStopping else {
      counts.connectionsRefused += 1
      return false
    }
    counts.connections += 1
    connections[ObjectIdentifier(connection)] = connection
    startSweep()
    return true
  }

  func connectionClosed(_ connection: HTTPConnection) {
    connections[ObjectIdentifier(connection)] = nil
    if isStopping { settled() }
  }

  var connectionCount: Int { connections.count }

  var tunnelCount: Int { tunnels.count }

  var hasTunnelRoom: Bool { tunnels.count < configuration.tunnelsMax }

  func tunnelOpened(_ tunnel: Tunnel) {
    tunnels[ObjectIdentifier(tunnel)] = tunnel
    startSweep()
  }

  func tunnelClosed(_ tunnel: Tunnel) { tunnels[ObjectIdentifier(tunnel)] = nil }

  private func startSweep() {
    guard sweep == nil else { return }
    date.renew()
    sweep = loop.scheduleTask(in: .seconds(1)) { self.swept() }
  }

  /// One pass a second over all connections costs less than a timer for each request.
  private func swept() {
    seconds += 1
    for connection in connections.values { connection.swept(at: seconds) }
    for link in links.values { link.swept(at: seconds) }
    control?.swept(at: seconds)
    for tunnel in tunnels.values { tunnel.swept(at: seconds) }
    for desk in desks.values { desk.swept() }
    sockets.swept(at: seconds)
    sweep = nil
    if !connections.isEmpty || !links.isEmpty || !tunnels.isEmpty || sockets.count > 0 { startSweep() }
  }

  // MARK: Stopping

  /// No connection begins another request; those that have none are closed.
  func beginStopping() {
    isStopping = true
    routesVersion += 1
    backlogsChanged()
    for connection in connections.values { connection.stopWhenIdle() }
    sockets.stopWhenIdle()
  }

  /// Calls `body` once nothing is in flight any more, and at once if that is so.
  func whenIdle(_ body: @escaping () -> Void) {
    onIdle = body
    settled()
  }

  /// Something ended while stopping; it may have been the last.
  func settled() {
    guard let onIdle, connections.isEmpty, desks.values.allSatisfy({ $0.dispatcher.live == 0 }) else { return }
    self.onIdle = nil
    onIdle()
  }

  /// Ends everything that is still there.
  func endStopping() {
    for desk in desks.values { desk.refuseWaiting(.stopping) }
    for connection in connections.values { connection.abandon() }
    for tunnel in tunnels.values { tunnel.close() }
    sockets.abandon()
    for link in links.values { link.close() }
    control?.close()
    records.close()
    sweep?.cancel()
    sweep = nil
  }
}
