import EngineCore
import Providers
import RunnerProtocol

extension Engine {
  /// Passes on what the provider says. Runs on its thread.
  static func forward(_ event: ProviderEvent, to mailbox: Mailbox, _ output: OutputLog) {
    switch event {
    case .started(let instance, let socket, let pid):
      post(.started(.init(socket: socket, pid: pid)), of: instance, to: mailbox)
    case .notStarted(let instance, let failure):
      post(.notPlaced(.init(code: failure.code, message: failure.message)), of: instance, to: mailbox)
    case .exited(let instance, let end):
      post(.exited(RunnerExit(end)), of: instance, to: mailbox)
    case .output(let instance, let line):
      output.write(line, of: RunnerID(instance.id))
    case .nodes(let nodes):
      mailbox.post(.nodes(nodes))
    case .inventory(let found):
      mailbox.post(.inventory(found.map(FoundInstance.init)))
    }
  }

  /// Passes on what the data plane says of a runner. Runs on its thread.
  static func forward(
    _ event: RunnerLinkEvent, of runner: RunnerID, _ generation: Int, to mailbox: Mailbox, _ output: OutputLog
  ) {
    switch event {
    case .ready:
      mailbox.post(.runner(runner, generation: generation, .ready))
    case .failed(let report):
      let failure = RunnerFailure(code: report.code, message: report.message)
      mailbox.post(.runner(runner, generation: generation, .failed(failure)))
    case .log(let record):
      output.append(record, of: runner)
    case .draining:
      // The engine knows when it asked for that; a runner that was signalled by somebody else ends, and that is told.
      break
    case .unhealthy(let report):
      output.write(report.message, of: runner)
      let failure = RunnerFailure(code: report.code, message: report.message)
      mailbox.post(.runner(runner, generation: generation, .unhealthy(failure)))
    case .stopWanted:
      mailbox.post(.runner(runner, generation: generation, .stopWanted))
    case .closed:
      mailbox.post(.runner(runner, generation: generation, .linkClosed))
    }
  }

  private static func post(_ report: Input.RunnerReport, of instance: RunnerInstance, to mailbox: Mailbox) {
    mailbox.post(.runner(RunnerID(instance.id), generation: instance.generation, report))
  }
}

extension FoundInstance {
  init(_ found: FoundRunner) {
    self.init(
      id: RunnerID(found.instance.id), generation: found.instance.generation,
      place: .init(socket: found.socket, pid: found.pid))
  }
}

extension RunnerExit {
  init(_ end: RunnerEnd) {
    switch end {
    case .exited(let status): self = .exited(status: status)
    case .signalled(let signal): self = .signalled(signal)
    case .outOfMemory(let machine, let limit): self = .outOfMemory(machine: machine, limit: limit)
    case .unknown: self = .unknown
    }
  }
}
