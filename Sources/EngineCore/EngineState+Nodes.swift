import Planning

extension EngineState {
  /// The nodes are these now. What ran on one that vanished has crashed.
  func see(_ nodes: [Node], _ input: Input) -> [Fact] {
    let seen = Fact(.none, at: input.at, .nodesSeen(nodes))
    var after = pool
    after.see(nodes)
    // Not only those that were there a moment ago: what followed from that may not have been written down.
    let absent = after.absent
    guard !absent.isEmpty else { return [seen] }
    let affected = apps.values.filter { app in
      app.runners.contains { $0.placement.map { absent.contains($0.node) } ?? false }
    }
    return [seen] + following(seen, affected.map(\.id), input) { decision in decision.loseNodes(absent) }
  }

  /// The provider still runs these, and nothing else.
  func adopt(_ found: [FoundInstance], _ input: Input) -> [Fact] {
    let alive = Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var facts: [Fact] = []
    for instance in found where !isKnown(instance) {
      facts.append(Fact(.none, at: input.at, .strayFound(instance.id, generation: instance.generation)))
    }
    return facts + following(nil, Array(apps.keys), input) { decision in decision.compare(with: alive) }
  }

  /// Whether the process is the one that the runner's state expects.
  private func isKnown(_ instance: FoundInstance) -> Bool {
    guard let runner = runner(instance.id), runner.generation == instance.generation else { return false }
    switch runner.state {
    case .pending: return runner.placement != nil
    case .setup, .idle, .running, .draining, .terminating: return true
    case .crashBackoff, .terminated: return false
    }
  }

  /// Decides for several apps, one on top of the other: what one takes of a node is not there for the next.
  private func following(
    _ first: Fact?, _ ids: [AppID], _ input: Input, _ body: (inout Decision) -> Void
  ) -> [Fact] {
    var state = self
    if let first { state.evolve(first) }
    var facts: [Fact] = []
    var seeds = RunnerIDSource(seed: input.seed)
    for id in ids.sorted() {
      guard let app = state.apps[id] else { continue }
      var decision = Decision(app, Input(at: input.at, seed: seeds.nextSeed(), input.event), in: state)
      body(&decision)
      let decided = decision.settled()
      for fact in decided { state.evolve(fact) }
      facts += decided
    }
    return facts
  }
}
