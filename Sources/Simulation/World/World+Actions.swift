import EngineCore
import Planning

/// Provider and data plane take what the server tells them.
extension World {
  mutating func perform(_ action: Action) throws {
    note("    \(action.words)")
    switch action {
    case .route(let app, let revision, _):
      routes[app] = revision
    case .start(let runner, let generation, _, let placement):
      try start(runner, generation, placement)
    case .attach(let runner, let generation, _, _):
      attach(runner, generation)
    case .drain(let runner, let generation):
      guard reaches(runner, generation) else { return }
      schedule(.process(runner, generation: generation, .obey), in: random.duration(1...3_000))
    case .detach(let runner, let generation):
      guard let process = processes[runner], process.generation == generation else { return }
      try require(!process.isAlive, "the living runner \(runner) is detached")
      if random.chance(50) { processes[runner] = nil }
    case .stop(let runner, let generation):
      if processes[runner]?.generation == generation { processes[runner]?.isToldToStop = true }
      signal(runner, generation, isKill: false)
    case .kill(let runner, let generation):
      if let process = processes[runner], process.generation == generation, process.isAlive, !process.isStray {
        try require(process.isToldToStop, "runner \(runner) is killed and was never told to stop")
      }
      signal(runner, generation, isKill: true)
    }
  }

  private mutating func start(_ runner: RunnerID, _ generation: Int, _ placement: Placement) throws {
    if let known = processes[runner] {
      if known.generation == generation { return retell(runner, known) }
      try require(!known.isAlive, "two generations of runner \(runner) live at once")
    }
    pidsGiven += 1
    var process = SimulatedProcess(
      generation: generation, placement: placement, pid: pidsGiven, isStubborn: hasFaults && random.chance(10))
    if nodesAway.contains(placement.node) || (hasFaults && random.chance(5)) {
      process.phase = .refused
      processes[runner] = process
      return retell(runner, process)
    }
    try Checks.checkRoom(for: placement, beside: processes.values.filter(\.isAlive).map(\.placement), nodes)
    processes[runner] = process
    report.runners += 1
    schedule(.process(runner, generation: generation, .begin), in: random.duration(0...400))
  }

  /// Told before: the answer is the same.
  mutating func retell(_ runner: RunnerID, _ process: SimulatedProcess) {
    switch process.phase {
    case .starting: break
    case .alive: tell(runner, process.generation, .started(process.place(of: runner)))
    case .ended(let exit): tell(runner, process.generation, .exited(exit))
    case .refused: tell(runner, process.generation, .notPlaced(.init(code: "start-refused", message: "no room")))
    }
  }

  private mutating func attach(_ runner: RunnerID, _ generation: Int) {
    guard let process = processes[runner], process.generation == generation, process.phase == .alive,
      !nodesCutOff.contains(process.placement.node)
    else { return tell(runner, generation, .linkClosed, isLink: true) }
    processes[runner]?.host = server?.number
    switch process.app {
    case .unknown:
      processes[runner]?.app = .settingUp
      let outcome = hasFaults ? random.number(0...99) : 99
      let step: ProcessStep? = outcome < 10 ? .fail : outcome < 15 ? .crash : outcome < 18 ? nil : .getReady
      // Without a step it hangs: the startup time-out has to end it.
      if let step { schedule(.process(runner, generation: generation, step), in: random.duration(0...800)) }
    case .ready: tell(runner, generation, .ready, isLink: true)
    case .failed: tell(runner, generation, .failed(.init(code: "setup-failed", message: "no")), isLink: true)
    case .settingUp, .done: break
    }
  }

  private mutating func signal(_ runner: RunnerID, _ generation: Int, isKill: Bool) {
    guard let process = processes[runner], process.generation == generation, process.phase != .refused else {
      return tell(runner, generation, .exited(.unknown))
    }
    guard reaches(runner, generation) else { return }
    switch process.phase {
    case .ended(let exit): tell(runner, generation, .exited(exit))
    case .starting, .alive, .refused:
      let delay = random.duration(isKill ? 0...100 : 0...2_000)
      schedule(.process(runner, generation: generation, isKill ? .die : .obey), in: delay)
    }
  }

  /// Whether a command gets to the runner's node.
  private func reaches(_ runner: RunnerID, _ generation: Int) -> Bool {
    guard let process = processes[runner], process.generation == generation else { return true }
    return !nodesCutOff.contains(process.placement.node)
  }
}
