import Engine
import EngineCore
import Logging
import NIOCore
import Queueing
import Store

/// Brings webhooks from the outbox to their receivers, for as long as it runs.
///
/// A thin shell: `WebhookRounds` says which are sent now, `WebhookSchedule` when one is sent again. Everything that has to
/// outlive the server is in the outbox, so that it can be ended at any moment; a delivery that was under way then is made once
/// more by the next.
actor WebhookCourier {
  /// Until the outbox is asked, or told, once more, when it could not be.
  private static let pause = Duration.seconds(5)

  private nonisolated let outbox: RequestStore
  private nonisolated let key: WebhookKey
  /// For an answer.
  private nonisolated let timeLimit: TimeAmount
  private nonisolated let clock: any EngineClock
  private nonisolated let logger: Logger
  /// Rung when there may be something to send.
  private nonisolated let bell: AsyncStream<Void>.Continuation
  private nonisolated let rings: AsyncStream<Void>
  private var rounds = WebhookRounds()
  private var alarm: Task<Void, Never>?

  init(
    outbox: RequestStore, key: WebhookKey, timeLimit: TimeAmount = WebhookSender.timeLimit, clock: any EngineClock,
    logger: Logger
  ) {
    self.outbox = outbox
    self.key = key
    self.timeLimit = timeLimit
    self.clock = clock
    self.logger = logger
    (rings, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Runs until its task is cancelled; once.
  func run() async {
    outbox.onDelivery { [bell] in bell.yield() }
    bell.yield()
    do {
      try await WebhookSender.with(timeLimit: timeLimit) { sender in await send(with: sender) }
    } catch {
      logger.error("webhooks are not sent any more", metadata: ["error": "\(error)"])
    }
    outbox.onDelivery(nil)
    alarm?.cancel()
  }

  private func send(with sender: WebhookSender) async {
    let attempt = WebhookAttempt(outbox: outbox, key: key, sender: sender)
    await withDiscardingTaskGroup { group in
      for await _ in rings {
        for delivery in await look() { group.addTask { await self.deliver(delivery, attempt) } }
      }
    }
  }

  /// What is to be sent now.
  private func look() async -> [QueueDelivery] {
    let now = clock.now
    rounds.asked()
    do {
      let due = try await outbox.due(
        at: now, targets: WebhookRounds.sentAtOnceMax, ofEach: 2 * WebhookRounds.sentToOneMax, skipping: rounds.closed)
      if let next = due.next { ring(at: next) }
      let chosen = Set(rounds.begin(due.deliveries.map { ($0.request.id, $0.target) }))
      return due.deliveries.filter { chosen.contains($0.request.id) }
    } catch {
      logger.warning("webhooks that are due cannot be read", metadata: ["error": "\(error)"])
      ring(at: now + Self.pause)
      return []
    }
  }

  private func ring(at moment: Moment) {
    alarm?.cancel()
    alarm = Task { [bell, clock] in
      do {
        try await clock.sleep(until: moment)
      } catch {
        // Another time was set.
        return
      }
      bell.yield()
    }
  }

  private func deliver(_ delivery: QueueDelivery, _ attempt: WebhookAttempt) async {
    var isTaken: Bool?
    do {
      let change = try await attempt.run(delivery) { [clock] in clock.now }
      isTaken = change.isTaken
      tell(change, delivery)
      try await write(change)
    } catch {
      if !(error is CancellationError) {
        logger.warning("a webhook was not sent", metadata: ["request": "\(delivery.request.id)", "error": "\(error)"])
        await wait()
      }
    }
    rounds.ended(delivery.request.id, isTaken: isTaken)
    bell.yield()
  }

  /// Until it is written, its place is taken: or else it would be sent again and again.
  private func write(_ change: DeliveryChange) async throws {
    while !Task.isCancelled {
      do {
        // One that is unknown by now has gone with its request.
        _ = try await outbox.change(change)
        return
      } catch {
        logger.warning("what became of a webhook cannot be written down", metadata: ["error": "\(error)"])
        await wait()
      }
    }
  }

  private func wait() async {
    do {
      try await clock.sleep(until: clock.now + Self.pause)
    } catch {
      // The server stops.
    }
  }

  private nonisolated func tell(_ change: DeliveryChange, _ delivery: QueueDelivery) {
    switch change {
    case .delivered, .revived, .revivedAll: break
    case .failed(let request, let attempts, let problem, _):
      logger.debug("a webhook failed", metadata: ["request": "\(request)", "attempts": "\(attempts)", "reason": "\(problem)"])
    case .dead(let request, let attempts, let problem):
      logger.warning(
        "a webhook is given up",
        metadata: [
          "request": "\(request)", "server": "\(delivery.target)", "attempts": "\(attempts)", "reason": "\(problem)",
        ])
    }
  }
}

extension DeliveryChange {
  /// Whether the receiver took it.
  fileprivate var isTaken: Bool {
    switch self {
    case .delivered: true
    case .failed, .dead, .revived, .revivedAll: false
    }
  }
}
