import NIOCore
import RunnerProtocol

/// Asks one ready runner for its health, again and again where the app wants that and whenever it asks for it, until it is
/// found to be unwell or is stopped.
final class HealthMonitor {
  private unowned let link: RunnerLink
  private let core: Core
  private let path: String
  /// For the program of a command app; its connections are none of those that requests use. nil for a Lua app.
  private let upstreams: UpstreamPool?
  private let onUnhealthy: (FailureReport) -> Void
  private var watch: HealthWatch
  private var next: Scheduled<Void>?
  /// The last one; a Lua runner that has not answered it gets no other.
  private var question: HealthQuestion?
  /// Whether the next answer counts by itself.
  private var isUrgent = false

  /// nil when there is nothing to ask.
  ///
  /// - Parameter port: where a command app's program listens.
  init?(of link: RunnerLink, port: Int?, core: Core, onUnhealthy: @escaping (FailureReport) -> Void) {
    let launch = link.launch
    guard let path = launch.healthPath else { return nil }
    self.link = link
    self.core = core
    self.path = path
    self.onUnhealthy = onUnhealthy
    upstreams = port.map { UpstreamPool(.port($0), idleMax: 1, core: core) }
    let startPeriod = Duration.seconds(launch.healthStartSeconds).nanoseconds
    watch = HealthWatch(
      readyAt: NIODeadline.now().uptimeNanoseconds, startPeriod: UInt64(max(0, startPeriod)),
      threshold: launch.healthFailureThreshold)
    schedule()
  }

  private func schedule() {
    guard launch.healthRegularly else { return }
    next = core.loop.scheduleTask(in: .milliseconds(Int64(core.configuration.healthMilliseconds))) { [weak self] in
      self?.ask()
    }
  }

  func stop() {
    next?.cancel()
    next = nil
    question?.abandon()
    question = nil
    upstreams?.close()
  }

  /// The app wants to be looked at: one failure is enough, at any time. A question that is open already serves as well.
  func checkAtOnce() {
    guard watch.isWatching else { return }
    isUrgent = true
    guard question?.isAwaited != true else { return }
    next?.cancel()
    ask()
  }

  private func ask() {
    upstreams?.swept(at: core.seconds)
    if let question, question.isOpen {
      return answered(.problem("\(launch.healthMethod) \(path) has not answered the check before"))
    }
    let question = HealthQuestion(launch: launch, path: path, core: core) { [weak self] in self?.answered($0) }
    self.question = question
    if let upstreams { question.ask(over: upstreams) } else { question.ask(link) }
  }

  private var launch: LaunchSpec { link.launch }

  private func answered(_ answer: HealthWatch.Answer) {
    if let report = watch.answered(answer, at: NIODeadline.now().uptimeNanoseconds, isUrgent: isUrgent) { onUnhealthy(report) }
    isUrgent = false
    if watch.isWatching { schedule() }
  }
}
