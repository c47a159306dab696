import AppModel
import EngineCore
import NIOCore
import Queueing
import RunnerProtocol

/// The queue of one app: runs what its `Backlog` decides, and has everything written down.
final class AppQueue {
  private unowned let desk: AppDesk
  private unowned let core: Core
  let storage: GatewayQueue
  private(set) var backlog = Backlog()
  private var runs: [String: QueueRun] = [:]
  private var watches: [String: [QueueWatch]] = [:]
  /// An earlier process had begun an attempt at them and did not see its end. Whether there is another is decided when
  /// the app's rules are known, which is before any runner can have them.
  private var interrupted: [String] = []
  private var timer: (at: Moment, task: Scheduled<Void>)?

  init(of desk: AppDesk, core: Core, storage: GatewayQueue) {
    self.desk = desk
    self.core = core
    self.storage = storage
  }

  /// Requests that no runner has and that have no outcome.
  var waitingCount: Int { backlog.count - runs.count }

  var isEmpty: Bool { backlog.count == 0 && watches.isEmpty }

  // MARK: Arrival

  /// A request of an earlier process.
  func recovered(_ pending: PendingRequest) {
    storage.count += 1
    storage.saw(pending.sequence)
    backlog.arrived(pending)
    if pending.attempts > 0, pending.notBefore == nil { interrupted.append(pending.request.id) }
  }

  /// One that is written down.
  func arrived(_ request: QueuedRequest, place: Int64) {
    storage.count += 1
    backlog.arrived(PendingRequest(sequence: place, request: request))
    // The app may have gone while it was being written.
    if desk.route == nil { appRemoved() } else { changed() }
  }

  /// The app has a route, or another one.
  func routed() {
    let lost = AttemptEnd(status: Fault.runnerDisconnected.status, errorType: Fault.runnerDisconnected.errorType ?? "")
    for id in interrupted {
      guard let row = backlog[id] else { continue }
      if !Retrying.isTriedAgain(lost, attempts: row.attempts, caller: row.request.retries, app: retryPolicy) {
        end(id, Self.outcome(.runnerDisconnected))
      }
    }
    interrupted = []
    changed()
  }

  /// There is no such app any more: nobody will take what waits.
  func appRemoved() {
    for id in backlog.waiting { end(id, Self.outcome(.unknownApp(desk.app.description))) }
    changed()
  }

  // MARK: Attempts

  /// There is a slot for the next that waits, and whose key may have another; nil: there is none.
  func dispatch() -> QueueRun? {
    while let row = backlog.dispatch() {
      let key = row.request.caller.key
      var place: KeyPlace?
      if !key.isEmpty, let max = core.authenticator.concurrencyMax(ofKey: key) {
        place = core.places.enter(key, max: max)
        guard place != nil else {
          backlog.placeRefused(row.request.id)
          storage.hold(row.request.id, of: key, in: self)
          continue
        }
      }
      let run = QueueRun(row, of: self, place: place)
      runs[run.id] = run
      return run
    }
    return nil
  }

  /// Its key may have another request. False: it needs none any more.
  func released(_ id: String) -> Bool {
    guard backlog.placeFree(id) else { return false }
    changed()
    return true
  }

  func attemptBegan(_ run: QueueRun, on runner: RunnerID) {
    storage.note(.started(id: run.id, attempt: run.row.attempts, runner: runner, at: run.startedAt))
    tellWatches(run.id)
  }

  /// Its body cannot be read at the moment: that is no fault of the request.
  func attemptPostponed(_ run: QueueRun) {
    runs[run.id] = nil
    _ = backlog.attemptFailed(run.id, notBefore: .now + .seconds(1))
    changed()
    tellWatches(run.id)
  }

  func attemptEnded(_ run: QueueRun, _ outcome: QueueOutcome, needsRetry: Bool?) {
    runs[run.id] = nil
    let end = AttemptEnd(status: outcome.status, errorType: outcome.errorType, needsRetry: needsRetry)
    // The next process finds it as it is, and decides.
    if core.isStopping, end.condition == .connectionError { return }
    let request = run.row.request
    guard Retrying.isTriedAgain(end, attempts: run.row.attempts, caller: request.retries, app: retryPolicy) else {
      return self.end(run.id, outcome)
    }
    let notBefore = Moment.now + Retrying.delay(id: run.id, attempts: run.row.attempts)
    guard backlog.attemptFailed(run.id, notBefore: notBefore) else { return }
    storage.note(.requeued(id: run.id, notBefore: notBefore))
    changed()
    tellWatches(run.id)
  }

  private var retryPolicy: RetryPolicy { desk.route?.definition.retry ?? RetryPolicy() }

  // MARK: Ends

  /// Has the outcome written; from here on nothing changes it.
  ///
  /// - Parameter first: what became of the first try to write it.
  private func end(
    _ id: String, _ outcome: QueueOutcome, first: @escaping (Result<QueueWritten, QueueFailure>) -> Void = { _ in }
  ) {
    guard backlog.outcomeKnown(id) else { return first(.success(.alreadyEnded)) }
    storage.dropBody(of: id)
    storage.record(id, outcome, first: first) { [weak self] in self?.ended(id, outcome) }
    changed()
  }

  private func ended(_ id: String, _ outcome: QueueOutcome) {
    storage.count -= 1
    backlog.forgotten(id)
    for watch in watches.removeValue(forKey: id) ?? [] { watch.ended(outcome) }
    desk.queueEnded()
  }

  /// The caller wants no answer any more.
  ///
  /// - Parameter then: once that is written down.
  func cancel(_ id: String, then: @escaping (Result<QueueWritten, QueueFailure>) -> Void) {
    var outcome = Self.outcome(.cancelled)
    if let run = runs.removeValue(forKey: id) {
      outcome = run.outcome(.cancelled)
      run.cancel()
    }
    end(id, outcome, first: then)
  }

  /// Cancels all that wait; returns how many those are. They are written down a few at a time, since the storage has other
  /// things to do.
  func flush(user: String?) -> Int {
    let ids = backlog.waiting.filter { id in user == nil || backlog[id]?.request.caller.id == user }
    for id in ids {
      _ = backlog.outcomeKnown(id)
      storage.dropBody(of: id)
    }
    changed()
    write(Self.outcome(.flushed), of: ids[...])
    return ids.count
  }

  private static let flushedAtOnce = 512

  private func write(_ outcome: QueueOutcome, of ids: ArraySlice<String>) {
    let (now, later) = (ids.prefix(Self.flushedAtOnce), ids.dropFirst(Self.flushedAtOnce))
    for id in now {
      let isLast = id == now.last
      storage.record(id, outcome) { [weak self] in
        self?.ended(id, outcome)
        if isLast, !later.isEmpty { self?.write(outcome, of: later) }
      }
    }
  }

  static func outcome(_ fault: Fault) -> QueueOutcome {
    var headers: [RequestHead.Header] = []
    if fault.deadlineIsCallers { headers.append(.init("x-fal-request-timeout-type", "user")) }
    return QueueOutcome(
      status: fault.status, errorType: fault.errorType ?? "", headers: headers, body: fault.json, endedAt: .now)
  }

  // MARK: Time and slots

  /// Something may be ready that was not, or the other way round.
  func changed() {
    desk.backlogChanged(to: storage.isFailing ? 0 : backlog.readyCount, hint: backlog.nextHint)
    armTimer()
  }

  private func armTimer() {
    guard let due = backlog.nextDue else { return }
    if let timer {
      guard due < timer.at else { return }
      timer.task.cancel()
    }
    let wait = max(0, (due - .now).nanoseconds)
    timer = (due, core.loop.scheduleTask(in: .nanoseconds(wait)) { [weak self] in self?.timePassed() })
  }

  private func timePassed() {
    timer = nil
    for id in backlog.timePassed(at: .now) {
      let isCallers = backlog[id]?.request.startLimitIsCallers ?? false
      end(id, Self.outcome(isCallers ? .startTimeoutOfCaller : .startTimeout))
    }
    changed()
  }

  // MARK: What others may know

  /// Where it is; nil: it has ended, or was never known.
  func status(of id: String) -> (request: QueuedRequest, status: QueueStatus)? {
    guard let row = backlog[id] else { return nil }
    guard let position = backlog.position(of: id) else { return (row.request, .running(logs: runs[id]?.logs ?? [])) }
    return (row.request, .waiting(position: position))
  }

  var size: QueueSize {
    var size = QueueSize()
    size.running = runs.count
    for id in backlog.waiting {
      size.waiting += 1
      size.byUser[backlog[id]?.request.caller.id ?? "", default: 0] += 1
    }
    return size
  }

  /// A line that belongs to one of the runs; one without an id to the only one that its runner has.
  func logged(_ record: LogRecord, on link: RunnerLink) {
    guard !runs.isEmpty else { return }
    let run: QueueRun? =
      if !record.requestID.isEmpty { runs[record.requestID] } else if link.launch.maxMultiplexing == 1 {
        runs.values.first { $0.runner == link.runner }
      } else { nil }
    guard let run, run.logged(record) else { return }
    tellWatches(run.id)
  }

  func add(_ watch: QueueWatch) { watches[watch.id, default: []].append(watch) }

  func remove(_ watch: QueueWatch) {
    watches[watch.id]?.removeAll { $0 === watch }
    if watches[watch.id]?.isEmpty == true { watches[watch.id] = nil }
  }

  private func tellWatches(_ id: String) {
    for watch in watches[id] ?? [] { watch.changed() }
  }
}

extension Fault {
  static let cancelled = Fault(499, "client_cancelled", "The request was cancelled")
  static let flushed = Fault(499, "client_cancelled", "The queue was flushed")
  static let queueUnreadable = Fault(500, "internal_error", "The request could not be read from the queue")
  static let queueUnwritable = Fault(503, "internal_error", "The queue cannot be written at the moment")
  static let queueBusy = Fault(503, "runner_scheduling_failure", "The queue takes no more requests at the moment")
  static func queueTooLong(_ count: Int) -> Fault {
    Fault(429, "queue_length_exceeded", "The app's queue has \(count) requests, and fal_max_queue_length allows no more")
  }
}
