import CPlatform
import Glibc
import Synchronization
import Platform

/// Runners as processes of this machine.
///
/// Each has a folder of its own with a Unix socket, a session of its own, and cgroups where this user may make them. One
/// thread starts, watches and ends them all. What a host that was killed left behind is ended and removed by the next one.
public final class LocalProvider: Provider {
  private let folder: RunFolder
  let groups: ControlGroups
  private let program: RunnerProgram
  private let inbox: KeeperInbox
  private let node: LocalNode
  let gpus: GPUFinder
  private let hasBegun = Atomic(false)

  /// Makes the folder of this host, or takes over the one of its predecessor, and sweeps those of hosts that are gone.
  ///
  /// - Parameters:
  ///   - executable: absolute path of `apolune-runner`.
  ///   - arguments: what it is started with.
  ///   - keeping: what becomes of runners when this process ends.
  ///   - settings: what the operator says of this machine.
  /// - Throws: `runner-not-found`, `folder-not-usable`, `folder-in-use`, `out-of-descriptors`.
  public init(
    executable: String, arguments: [String] = ["serve"], keeping: Keeping = .nothing(),
    settings: LocalNodeSettings = LocalNodeSettings()
  ) throws(ProviderFailure) {
    guard executable.hasPrefix("/"), access(executable, X_OK) == 0 else {
      throw ProviderFailure(code: "runner-not-found", message: "\(executable) is not a program that can be run")
    }
    inbox = try KeeperInbox()
    folder = try RunFolder.create(for: keeping) { run, _ in ControlGroups(run: run).sweep(run) }
    groups = ControlGroups(run: folder.name)
    groups.removeAbandoned()
    node = LocalNode(settings)
    gpus = GPUFinder(given: settings.gpus)
    program = RunnerProgram(path: executable, arguments: arguments)
  }

  /// The folder of this host's runners; removed by `close`.
  public var path: String { folder.path }

  public func begin(events: @escaping @Sendable (ProviderEvent) -> Void) {
    guard !hasBegun.exchange(true, ordering: .acquiringAndReleasing) else { return }
    do {
      let keeper = try Keeper(
        folder: folder, groups: groups, program: program, node: node, gpus: gpus, inbox: inbox, events: events)
      let started = OwnThread.start { keeper.run() }
      guard started else { throw SystemError("cannot start the thread that watches runners", EAGAIN) }
    } catch {
      inbox.refuse { command in
        guard case .start(let start) = command else { return }
        events(.notStarted(start.instance, ProviderFailure(code: "spawn-failed", message: "\(error)")))
      }
    }
  }

  public func start(_ start: RunnerStart) { inbox.post(.start(start)) }

  public func stop(_ instance: RunnerInstance) { inbox.post(.stop(instance)) }

  public func kill(_ instance: RunnerInstance) { inbox.post(.kill(instance)) }

  public func leave() async {
    guard folder.isKept else { return await close() }
    await post { .leave($0) }
  }

  public func close() async { await post { .close($0) } }

  private func post(_ command: (CheckedContinuation<Void, Never>) -> KeeperInbox.Command) async {
    // Without a keeper nobody would hear of it.
    if !hasBegun.load(ordering: .acquiring) { begin { _ in } }
    await withCheckedContinuation { inbox.post(command($0)) }
  }
}
