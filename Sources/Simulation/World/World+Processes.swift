import EngineCore

/// What processes do by themselves, and what is heard of it.
extension World {
  mutating func take(_ step: ProcessStep, of runner: RunnerID, generation: Int) throws {
    guard let process = processes[runner], process.generation == generation, process.isAlive else { return }
    switch step {
    case .begin: begin(runner, process)
    case .getReady:
      guard process.app == .settingUp else { return }
      processes[runner]?.app = .ready
      tell(runner, generation, .ready, isLink: true)
      if hasFaults && random.chance(20) {
        schedule(.process(runner, generation: generation, .crash), in: random.duration(0...60_000))
      }
    case .fail:
      guard process.app == .settingUp else { return }
      processes[runner]?.app = .failed
      tell(runner, generation, .failed(.init(code: "setup-failed", message: "no")), isLink: true)
      schedule(.process(runner, generation: generation, .obey), in: random.duration(0...200))
    case .crash:
      // Of its own accord, so not in a world that behaves.
      if hasFaults { end(runner, process, .signalled(11)) }
    case .obey:
      if process.app != .failed { processes[runner]?.app = .done }
      if !process.isStubborn { end(runner, process, .exited(status: 0)) }
    case .die: end(runner, process, .signalled(9))
    }
  }

  mutating func begin(_ runner: RunnerID, _ process: SimulatedProcess) {
    guard process.phase == .starting else { return }
    processes[runner]?.phase = .alive
    tell(runner, process.generation, .started(process.place(of: runner)))
    if hasFaults && random.chance(5) {
      schedule(.process(runner, generation: process.generation, .crash), in: random.duration(0...300))
    }
  }

  mutating func end(_ runner: RunnerID, _ process: SimulatedProcess, _ exit: RunnerExit) {
    guard process.isAlive else { return }
    note("  \(runner) of generation \(process.generation) ends: \(exit)")
    processes[runner]?.phase = .ended(exit)
    guard !nodesAway.contains(process.placement.node) else { return }
    if process.host == server?.number { tell(runner, process.generation, .linkClosed, isLink: true) }
    // Now and then nobody sees it end.
    if !(hasFaults && random.chance(15)) { tell(runner, process.generation, .exited(exit)) }
  }

  /// Says something about a runner: late, and in bad times twice or not at all, before or after something else.
  ///
  /// - Parameter isLink: it comes over the runner's own connection, which loses nothing and keeps the order.
  mutating func tell(_ runner: RunnerID, _ generation: Int, _ report: Input.RunnerReport, isLink: Bool = false) {
    guard let number = server?.number else { return }
    let letter = Happening.letter(.runner(runner, generation: generation, report), server: number)
    if isLink { return tell(letter, byLinkOf: runner, generation) }
    if !hasFaults || !random.chance(10) { schedule(letter, in: random.duration(0...200)) }
    if hasFaults && random.chance(10) { schedule(letter, in: random.duration(0...5_000)) }
  }

  private mutating func tell(_ letter: Happening, byLinkOf runner: RunnerID, _ generation: Int) {
    let process = processes[runner]?.generation == generation ? processes[runner] : nil
    if let process, nodesCutOff.contains(process.placement.node) { return }
    let at = max(now + random.duration(0...200), process?.linkUsedUntil ?? now)
    if process != nil { processes[runner]?.linkUsedUntil = at }
    agenda.note(letter, at: at)
    if hasFaults && random.chance(10) { agenda.note(letter, at: at) }
  }
}
