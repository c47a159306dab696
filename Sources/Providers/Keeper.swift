import CPlatform
import Glibc
import Platform

/// The loop that starts, watches and ends a host's runners. Lives on one thread; nothing of it is shared.
final class Keeper {
  private static let eventsMax = 64
  /// While killed processes are on their way out of their cgroups, it looks again this often, in nanoseconds.
  private static let clearingPause: Int64 = 5_000_000
  private static let clearingRoundsMax = 400
  /// A killed process that is not gone after so long, in nanoseconds, is stuck in the kernel; the next host sweeps it.
  private static let closingMax: UInt64 = 3_000_000_000

  /// A driver that is awake answers in a few hundred milliseconds. A server does not wait for longer with all its apps;
  /// whatever turns up afterwards is told then.
  private static let gpuPatience = Duration.seconds(5)

  let folder: RunFolder
  let groups: ControlGroups
  let program: RunnerProgram
  let node: LocalNode
  private let gpus: GPUFinder
  let bootID = ProcessRecord.currentBootID
  let events: @Sendable (ProviderEvent) -> Void
  private let inbox: KeeperInbox
  private let epoll: Int32

  var runners: [String: LocalRunner] = [:]
  var ended = EndedInstances()
  private var namesByToken: [UInt64: String] = [:]
  /// 0 is the inbox; a runner has an even token for its process and the odd one after it for its output.
  private var nextToken: UInt64 = 2
  private var clearing: [(groups: RunnerGroups, rounds: Int)] = []
  /// When `close` stops waiting for runners, in nanoseconds of the monotonic clock; nil while the host lives.
  private var closeBy: UInt64?
  private var isLeaving = false
  private var closers: [CheckedContinuation<Void, Never>] = []

  init(
    folder: RunFolder, groups: ControlGroups, program: RunnerProgram, node: LocalNode, gpus: GPUFinder,
    inbox: KeeperInbox,
    events: @escaping @Sendable (ProviderEvent) -> Void
  ) throws(SystemError) {
    self.folder = folder
    self.groups = groups
    self.program = program
    self.node = node
    self.gpus = gpus
    self.inbox = inbox
    self.events = events
    epoll = platform_epoll_create()
    guard epoll >= 0 else { throw SystemError("cannot watch processes", -epoll) }
    let result = platform_epoll_add(epoll, inbox.wakeUp.readEnd, PLATFORM_READABLE, 0)
    guard result == 0 else { throw SystemError("cannot watch the inbox", -result) }
  }

  deinit { close(epoll) }

  private var isClosing: Bool { closeBy != nil }
  /// No runner is started any more.
  var isEnding: Bool { isClosing || isLeaving }

  /// Until `leave`; or until `close`, and then until the last runner is gone.
  func run() {
    let found = adopt()
    let gpus = gpus.find(within: Self.gpuPatience) { [inbox] _ in inbox.post(.gpusFound) }.gpus
    events(.nodes([node.look(gpus: gpus)]))
    events(.inventory(found))
    var ready = [platform_event](repeating: platform_event(), count: Self.eventsMax)
    while !isDone {
      let timeout = clearing.isEmpty && !isClosing ? -1 : Self.clearingPause
      let count = platform_epoll_wait(epoll, &ready, Int32(ready.count), timeout)
      for event in ready.prefix(Int(max(0, count))) { handle(event.token) }
      if count <= 0 { clear() }
    }
    finish()
  }

  private var isDone: Bool {
    guard let closeBy else { return isLeaving }
    return (runners.isEmpty && clearing.isEmpty) || platform_now() >= closeBy
  }

  private func handle(_ token: UInt64) {
    if token == 0 {
      for command in inbox.take() { obey(command) }
    } else if let name = namesByToken[token & ~1] {
      token & 1 == 0 ? collect(name) : readOutput(of: name)
    }
  }

  private func obey(_ command: KeeperInbox.Command) {
    switch command {
    case .start(let start): self.start(start)
    case .stop(let instance): signal(instance, SIGTERM)
    case .kill(let instance): signal(instance, SIGKILL)
    case .gpusFound: events(.nodes([node.look(gpus: gpus.outcome.gpus)]))
    case .leave(let continuation):
      closers.append(continuation)
      isLeaving = true
    case .close(let continuation):
      closers.append(continuation)
      closeBy = closeBy ?? platform_now() + Self.closingMax
      for runner in runners.values { runner.killGroup() }
    }
  }

  private func finish() {
    if isClosing || runners.isEmpty {
      groups.removeRun()
      folder.remove()
    } else {
      for runner in runners.values { runner.closeFiles() }
      folder.release()
    }
    inbox.refuse { _ in }
    for closer in closers { closer.resume() }
  }

  // MARK: Watching

  func watch(_ runner: inout LocalRunner) throws(SystemError) {
    runner.token = nextToken
    nextToken += 2
    for (file, token) in [(runner.pidfd, runner.token), (runner.output, runner.token + 1)] {
      let result = platform_epoll_add(epoll, file, PLATFORM_READABLE, token)
      guard result == 0 else { throw SystemError("cannot watch the runner", -result) }
    }
    namesByToken[runner.token] = runner.instance.id
  }

  func unwatch(_ runner: LocalRunner) {
    namesByToken[runner.token] = nil
    platform_epoll_remove(epoll, runner.pidfd)
    unwatchOutput(of: runner)
  }

  func unwatchOutput(of runner: LocalRunner) { platform_epoll_remove(epoll, runner.output) }

  // MARK: Clearing away

  func clear(_ groups: RunnerGroups?) {
    guard let groups, !groups.remove() else { return }
    clearing.append((groups, 0))
  }

  /// What never leaves its cgroup (stuck in the kernel) is left to the next host's sweep.
  private func clear() {
    clearing = clearing.compactMap { item in
      item.groups.remove() || item.rounds >= Self.clearingRoundsMax ? nil : (item.groups, item.rounds + 1)
    }
  }
}
