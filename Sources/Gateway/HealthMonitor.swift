import NIOCore
import RunnerProtocol

/// Asks one ready runner for its health, again and again, until it is found to be unwell or is stopped.
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

  /// nil when nobody wants to know.
  ///
  /// - Parameter port: where a command app's program listens.
  init?(of link: RunnerLink, port: Int?, core: Core, onUnhealthy: @escaping (FailureReport) -> Void) {
    let launch = link.launch
    guard let path = launch.healthPath, launch.healthRegularly else { return nil }
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
    if let report = watch.answered(answer, at: NIODeadline.now().uptimeNanoseconds) { onUnhealthy(report) }
    if watch.isWatching { schedule() }
  }
}
