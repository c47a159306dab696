import AppModel
import EngineCore
import NIOCore
import RunnerProtocol

/// One app at the gateway: runs what its `Dispatcher` decides, and reports its demand.
final class AppDesk {
  let app: AppID
  unowned let core: Core
  private(set) var routed: RoutedApp?
  /// A copy; requests look at `routed`.
  var route: AppRoute? { routed?.route }
  /// The endpoints of a Lua app by path; nil for a command app.
  private(set) var endpoints: [String: Endpoint]?
  private(set) var dispatcher: Dispatcher
  var counts = AppCounts()
  /// By seat index.
  private var links: [RunnerLink?] = []
  /// By exchange index; exactly those that the dispatcher knows.
  private var exchanges: [Exchange?] = []
  /// What waits durably; nil as long as nothing ever did.
  private(set) var queue: AppQueue?
  private var deadlineTimer: (at: UInt64, Scheduled<Void>)?
  private var demandPace = DemandPace()
  /// When a runner was last attached, and may have been starting.
  private var attachedAt: UInt64?

  init(app: AppID, core: Core) {
    self.app = app
    self.core = core
    dispatcher = Dispatcher(queueMax: core.configuration.queueMax)
  }

  // MARK: Routing

  func routed(to route: AppRoute?) {
    routed = route.map(RoutedApp.init)
    endpoints = nil
    if case .endpoints(let list) = route?.definition.program {
      endpoints = Dictionary(list.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    }
    start(dispatcher.routed(to: route?.revision))
    guard route == nil else {
      queue?.routed()
      return demandChanged()
    }
    queue?.appRemoved()
    refuseWaiting(.unknownApp(app.description))
  }

  /// Nothing will come for them: all that wait get this answer.
  func refuseWaiting(_ fault: Fault) {
    for exchange in take(dispatcher.waitersRefused()) { exchange.fail(fault) }
    demandChanged()
  }

  // MARK: Requests

  /// Gives the exchange a slot or a place in the queue, or refuses it.
  func arrived(_ exchange: Exchange) {
    let now = NIODeadline.now().uptimeNanoseconds
    let wait = exchange.waitMax ?? routed?.route.definition.timeouts.requestStart?.wrappedValue
    let deadline = wait.map { now &+ UInt64(max(0, $0.nanoseconds)) }
    switch dispatcher.requestArrived(at: now, deadline: deadline, hint: exchange.hint) {
    case .started(let id, let seat): start(exchange, id, seat)
    case .waiting(let id):
      exchange.progress.isCold = !dispatcher.hasRunner
      store(exchange, at: id.index)
      exchange.phase = .waiting(id)
      armDeadline()
      if dispatcher.waiting == 1 { return reportDemand() }
    case .refused: exchange.fail(.queueFull)
    }
    demandChanged()
  }

  /// The exchange is over: its slot or place is free. Does nothing for one that was over before.
  func ended(_ exchange: Exchange) {
    switch exchange.phase {
    case .new: exchange.phase = .over
    case .over: return
    case .waiting(let id): ended(exchange, id)
    case .running(let id, let link):
      link.exchangeEnds(exchange)
      ended(exchange, id)
      link.exchangeEnded()
    }
  }

  private func ended(_ exchange: Exchange, _ id: ExchangeID) {
    exchange.phase = .over
    exchanges[id.index] = nil
    if let handover = dispatcher.exchangeEnded(id) { start([handover]) }
    demandChanged()
  }

  /// - Parameter isCold: no runner was ready before.
  private func start(_ handovers: [Dispatcher.Handover], isCold: Bool = false) {
    // All are taken out of the queue before one is started: what that leads to looks at the queue again.
    let runs = handovers.map { $0.isQueued ? queue?.dispatch() : nil }
    for (handover, run) in zip(handovers, runs) {
      if let run {
        let exchange = Exchange(requestID: run.id, desk: self, client: run, waitMax: nil, trace: RequestTrace(run.row))
        exchange.progress.isCold = isCold
        exchange.place = run.place
        start(exchange, handover.exchange, handover.seat)
      } else if handover.isQueued {
        // Nobody in the queue may have it.
        if let next = dispatcher.exchangeEnded(handover.exchange) { start([next]) }
      } else if let exchange = exchanges[handover.exchange.index] {
        start(exchange, handover.exchange, handover.seat)
      }
    }
    if handovers.contains(where: \.isQueued) { queue?.changed() }
  }

  private func start(_ exchange: Exchange, _ id: ExchangeID, _ seat: SeatID) {
    store(exchange, at: id.index)
    guard let link = links[seat.index] else { return exchange.fail(.runnerDisconnected) }
    exchange.phase = .running(id, link)
    exchange.client?.exchangeStarted(exchange, on: link)
  }

  private func store(_ exchange: Exchange, at index: Int) {
    while exchanges.count <= index { exchanges.append(nil) }
    exchanges[index] = exchange
  }

  /// The exchanges that the dispatcher has ended by itself; they have neither slot nor place any more. All are taken
  /// out before any is told, since its client may begin the next one at once and get a row of this table for it.
  private func take(_ ids: [ExchangeID]) -> [Exchange] {
    ids.compactMap { id in
      let exchange = exchanges[id.index]
      exchanges[id.index] = nil
      exchange?.phase = .over
      return exchange
    }
  }

  // MARK: Queue

  /// The app's queue; nil: this gateway has none.
  func openQueue() -> AppQueue? {
    if let queue { return queue }
    queue = core.queue.map { AppQueue(of: self, core: core, storage: $0) }
    return queue
  }

  /// So many queued requests want a slot, and the first of them would rather have a runner that knows `hint`.
  func backlogChanged(to count: Int, hint: String?) {
    let before = dispatcher.backlog
    start(dispatcher.backlogChanged(to: core.isStopping ? 0 : count, hint: hint))
    if before == 0, dispatcher.backlog > 0 { reportDemand() } else { demandChanged() }
  }

  /// One of its requests is written down as ended.
  func queueEnded() {
    if isDeserted { core.forget(self) }
  }

  // MARK: Runners

  func attached(_ link: RunnerLink, slots: Int) {
    let seat = dispatcher.runnerAttached(link.runner, revision: link.revision, slots: slots)
    link.seat = seat
    attachedAt = NIODeadline.now().uptimeNanoseconds
    while links.count <= seat.index { links.append(nil) }
    links[seat.index] = link
  }

  func runnerReady(_ link: RunnerLink) {
    guard let seat = link.seat else { return }
    let isFirst = !dispatcher.hasRunner
    start(dispatcher.runnerReady(seat), isCold: isFirst)
    demandChanged()
  }

  func runnerDraining(_ link: RunnerLink) {
    guard let seat = link.seat else { return }
    dispatcher.runnerDraining(seat)
  }

  func hintsArrived(_ hints: [String], from link: RunnerLink) {
    guard let seat = link.seat else { return }
    dispatcher.hintsChanged(hints, of: seat)
  }

  func runnerLost(_ link: RunnerLink) {
    core.linkClosed(link)
    guard let seat = link.seat else { return }
    link.seat = nil
    links[seat.index] = nil
    for exchange in take(dispatcher.runnerLost(seat)) { exchange.fail(.runnerDisconnected) }
    demandChanged()
  }

  /// Requests that the runner has.
  func inFlight(_ link: RunnerLink) -> Int { link.seat.map { dispatcher.seats[$0.index].inFlight } ?? 0 }

  /// Nothing refers to the app any more.
  var isDeserted: Bool {
    routed == nil && dispatcher.live == 0 && links.allSatisfy { $0 == nil } && queue?.isEmpty ?? true
  }
}

extension AppDesk {
  // MARK: Deadlines

  /// Wakes up when the first waiting request gives up.
  private func armDeadline() {
    guard let next = dispatcher.nextDeadline else { return }
    if let (at, timer) = deadlineTimer {
      guard next < at else { return }
      timer.cancel()
    }
    deadlineTimer = (next, core.loop.scheduleTask(deadline: .uptimeNanoseconds(next)) { self.deadlinePassed() })
  }

  private func deadlinePassed() {
    deadlineTimer = nil
    for exchange in take(dispatcher.deadlinePassed(at: NIODeadline.now().uptimeNanoseconds)) {
      exchange.fail(exchange.waitMax == nil ? .startTimeout : .startTimeoutOfCaller)
    }
    armDeadline()
    demandChanged()
  }

  /// Once a second: requests that no runner came for within the time that one may take to start are given up.
  func swept() {
    guard dispatcher.waiting > 0, let limit = routed?.route.definition.timeouts.startup.nanoseconds else { return }
    let now = NIODeadline.now().uptimeNanoseconds
    guard limit >= 0, now >= UInt64(limit) else { return }
    let since = now - UInt64(limit)
    let stranded = dispatcher.stranded(since: since).compactMap { exchanges[$0.index] }
    // One that was attached since they came had its time and did not become ready.
    let wasPlaced = attachedAt.map { $0 >= since } ?? false || links.contains { $0 != nil }
    for exchange in stranded { exchange.fail(wasPlaced ? .startupTimeout : .neverPlaced) }
  }

  // MARK: Demand

  /// Something changed that can wait a moment, so that a thousand changes make one report.
  private func demandChanged() {
    if core.isStopping { core.settled() }
    if demandPace.changed() { awaitInterval() }
  }

  /// A request waits where none did: a runner may have to be started for it, at once.
  private func reportDemand() {
    report()
    demandChanged()
  }

  private func awaitInterval() {
    core.loop.scheduleTask(in: .milliseconds(Int64(core.configuration.demandMilliseconds))) {
      guard self.demandPace.intervalPassed(whileWaiting: self.dispatcher.waiting + self.dispatcher.backlog > 0) else { return }
      self.report()
      self.awaitInterval()
    }
  }

  private func report() {
    var demand = dispatcher.takeDemand(at: NIODeadline.now().uptimeNanoseconds)
    if let oldest = queue?.backlog.oldestReady {
      let age = max(0, Double((Moment.now - oldest).nanoseconds) / 1e9)
      demand.oldestQueuedSeconds = max(demand.oldestQueuedSeconds ?? 0, age)
    }
    core.report(app, demand)
  }
}

extension Duration {
  /// Whole nanoseconds, at most some 292 years.
  var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    return overflow ? (seconds < 0 ? .min : .max) : whole &+ attoseconds / 1_000_000_000
  }
}
