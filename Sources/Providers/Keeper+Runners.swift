import CPlatform
import Glibc
import Platform

extension Keeper {
  /// Bytes of output that are read before other runners have their turn.
  private static let outputBudget = 64 * 1024
  /// A name longer than that would not fit into a socket's path anyway.
  static let nameMax = 40

  func start(_ start: RunnerStart) {
    let instance = start.instance
    if let end = ended.end(of: instance) { return events(.exited(instance, end)) }
    if let runner = runners[instance.id] {
      guard runner.instance == instance else {
        return refuse(instance, "still-running", "generation \(runner.instance.generation) of the runner still runs")
      }
      return events(.started(instance, socket: runner.socket, pid: runner.pid))
    }
    guard !isEnding else { return refuse(instance, "closing", "the host is stopping") }
    guard FolderName.isUsable(instance.id, max: Self.nameMax) else {
      return refuse(instance, "bad-id", "'\(instance.id)' cannot name a folder")
    }
    do throws(SystemError) {
      let runner = try launch(start)
      runners[instance.id] = runner
      events(.started(instance, socket: runner.socket, pid: runner.pid))
    } catch {
      refuse(instance, "spawn-failed", "\(error)")
    }
  }

  func signal(_ instance: RunnerInstance, _ signal: Int32) {
    guard let runner = runners[instance.id], runner.instance == instance else {
      let end = ended.end(of: instance) ?? .unknown
      // It is not to be started by a command that comes late.
      if runners[instance.id] == nil { ended.record(instance, end) }
      return events(.exited(instance, end))
    }
    if signal == SIGKILL {
      runner.killGroup()
    } else {
      platform_pidfd_signal(runner.pidfd, signal)
    }
  }

  private func refuse(_ instance: RunnerInstance, _ code: String, _ message: String) {
    events(.notStarted(instance, ProviderFailure(code: code, message: message)))
  }

  // MARK: Starting

  private func launch(_ start: RunnerStart) throws(SystemError) -> LocalRunner {
    let folder = "\(self.folder.path)/runners/\(start.instance.id)"
    try Folder.make(folder)
    let groups = makeGroups(start)
    do throws(SystemError) {
      var runner = try spawn(start, folder, groups)
      do throws(SystemError) {
        if let process = ProcessRecord(pid: runner.pid, bootID: bootID) {
          let record = RunnerRecord(
            process: process, generation: start.instance.generation, limit: MemoryLimit(start.machine))
          try SmallFile.write(record.text, to: RunnerRecord.path(in: folder), create: true)
        }
        try watch(&runner)
        return runner
      } catch {
        Glibc.kill(-runner.pid, SIGKILL)
        var status: Int32 = 0
        var signal: Int32 = 0
        platform_reap(runner.pidfd, &status, &signal)
        unwatch(runner)
        runner.closeFiles()
        throw error
      }
    } catch {
      clear(groups)
      _ = platform_remove_tree(folder)
      throw error
    }
  }

  private func spawn(_ start: RunnerStart, _ folder: String, _ groups: RunnerGroups?) throws(SystemError) -> LocalRunner {
    let listener = platform_listen_unix(LocalRunner.socket(in: folder))
    guard listener >= 0 else { throw SystemError("cannot listen in \(folder)", -listener) }
    defer { close(listener) }
    let pipe = try OutputPipe.make(in: folder)
    defer { close(pipe.writing) }
    do throws(SystemError) {
      let joining = try groups?.openForJoining() ?? []
      defer { for file in joining { close(file) } }
      let started = try program.spawn(
        .init(
          folder: folder, listener: listener, output: pipe.writing, groups: joining,
          dataMax: groups?.limitsMemory == true ? nil : RunnerProgram.dataMax(of: start.machine), gpus: start.gpus))
      return LocalRunner(
        instance: start.instance, pid: started.pid, pidfd: started.pidfd, output: pipe.reading, folder: folder,
        limit: MemoryLimit(start.machine), groups: groups, isChild: true)
    } catch {
      close(pipe.reading)
      throw error
    }
  }

  /// A runner without its limits is better than none, but nobody must believe that it has them.
  private func makeGroups(_ start: RunnerStart) -> RunnerGroups? {
    do throws(SystemError) {
      return try groups.make(start.instance.description, start.machine)
    } catch {
      events(.output(start.instance, "the limits of \(start.machine.type) are not enforced: \(error)"))
      return nil
    }
  }

  // MARK: Output and ends

  func readOutput(of name: String) {
    guard var runner = runners[name] else { return }
    var budget = Self.outputBudget
    var buffer = [UInt8](repeating: 0, count: 16 * 1024)
    reading: while budget > 0 {
      let count = read(runner.output, &buffer, buffer.count)
      switch count {
      case 1...:
        budget -= count
        runner.lines.append(buffer[..<count]) { events(.output(runner.instance, $0)) }
      case 0:
        // Everybody has closed it: the pipe would be readable for ever.
        unwatchOutput(of: runner)
        break reading
      default:
        if errno != EINTR { break reading }
      }
    }
    runners[name] = runner
  }

  /// The runner's process has ended.
  func collect(_ name: String) {
    readOutput(of: name)
    guard var runner = runners.removeValue(forKey: name) else { return }
    runner.lines.flush { events(.output(runner.instance, $0)) }
    // What it started and left behind goes too. A child's pid still names its group; another's was free for a moment at
    // most, and pids are given out in turn.
    Glibc.kill(-runner.pid, SIGKILL)
    let end = self.end(of: runner)
    unwatch(runner)
    runner.closeFiles()
    clear(runner.groups)
    // What cannot be removed now goes with the whole run folder.
    _ = platform_remove_tree(runner.folder)
    ended.record(runner.instance, end)
    events(.exited(runner.instance, end))
  }

  private func end(of runner: LocalRunner) -> RunnerEnd {
    var status: Int32 = 0
    var signal: Int32 = 0
    let isKnown = runner.isChild && platform_reap(runner.pidfd, &status, &signal) == 0
    let isOrderly = isKnown && signal == 0 && status == 0
    if !isOrderly, runner.groups?.ranOutOfMemory == true { return runner.limit.end }
    guard isKnown else { return .unknown }
    return signal == 0 ? .exited(status: status) : .signalled(signal)
  }
}
