import CPlatform
import Glibc
import Platform

extension Keeper {
  /// Takes over the runners that the predecessor left, and clears away what of them has ended.
  ///
  /// Whoever was killed between starting a process and writing its record left a process that nobody knows: it goes with its
  /// cgroup, and where there are none it ends by itself, since no host connects to it.
  func adopt() -> [FoundRunner] {
    guard folder.isKept else { return [] }
    var found: [FoundRunner] = []
    for name in Folder.entries("\(folder.path)/runners").sorted() {
      let place = "\(folder.path)/runners/\(name)"
      let text = (try? SmallFile.read(RunnerRecord.path(in: place))) ?? ""
      guard let record = RunnerRecord(text: text), FolderName.isUsable(name, max: Self.nameMax) else {
        RunnerRecord.process(text: text)?.killGroup()
        _ = platform_remove_tree(place)
        continue
      }
      let instance = RunnerInstance(id: name, generation: record.generation)
      if let runner = adopt(instance, record, place) {
        found.append(FoundRunner(instance: instance, socket: runner.socket, pid: runner.pid))
      } else {
        forget(instance, record, place)
      }
    }
    for group in groups.all(except: Set(runners.values.map(\.instance.description))) { clear(group) }
    return found
  }

  private func adopt(_ instance: RunnerInstance, _ record: RunnerRecord, _ place: String) -> LocalRunner? {
    let pid = record.process.pid
    let pidfd = platform_pidfd_open(pid)
    guard pidfd >= 0 else { return nil }
    // Looked at only now that the descriptor holds it: the pid cannot change hands any more.
    guard record.process.isAlive(bootID: bootID) else {
      close(pidfd)
      return nil
    }
    do throws(SystemError) {
      var runner = LocalRunner(
        instance: instance, pid: pid, pidfd: pidfd, output: try OutputPipe.open(in: place), folder: place,
        limit: record.limit, groups: groups.found(instance.description), isChild: false)
      do throws(SystemError) {
        try watch(&runner)
      } catch {
        unwatch(runner)
        close(runner.output)
        throw error
      }
      runners[instance.id] = runner
      return runner
    } catch {
      // Nobody could hear of it: it is better replaced than lost sight of.
      record.process.killGroup()
      close(pidfd)
      return nil
    }
  }

  /// It ended while nobody watched. A command that still names it is answered, but does not start it again.
  private func forget(_ instance: RunnerInstance, _ record: RunnerRecord, _ place: String) {
    let left = groups.found(instance.description)
    ended.record(instance, left?.ranOutOfMemory == true ? record.limit.end : .unknown)
    _ = platform_remove_tree(place)
  }
}
