import AppModel
import Planning
import Testing

@testable import EngineCore

/// The provider, its nodes and its runners.
extension SimulatedWorld {
  static let nodes = [
    Node(id: NodeID("plain"), labels: ["region": "home"], cpu: 4, memory: .gigabytes(6)),
    gpuNode("big", count: 2), gpuNode("small", count: 1),
  ]

  private static func gpuNode(_ name: String, count: Int) -> Node {
    let gpus = (0..<count).map {
      Node.GPU(id: "\(name)-\($0)", model: "NVIDIA H100 80GB HBM3", memory: .megabytes(81_559))
    }
    return Node(id: NodeID(name), labels: ["region": "lab"], cpu: 16, memory: .gigabytes(64), gpus: gpus)
  }

  func isReachable(_ process: SimulatedProcess) -> Bool {
    process.placement.map { nodes.contains($0.node) } ?? true
  }

  mutating func start(_ runner: RunnerID, _ generation: Int, _ placement: Placement) throws {
    if let known = processes[runner], known.generation == generation {
      // Told before: whatever became of it is told again.
      guard isReachable(known) else { return }
      return tell(runner, generation, known.isAlive ? .started(known.place) : .exited(known.exit), canBeLost: true)
    }
    try #require(processes[runner]?.isAlive != true, "two generations of runner \(runner) live at once")
    if !nodes.contains(placement.node) || (faults && random.chance(5)) {
      return tell(runner, generation, .notPlaced(.init(code: "start-refused", message: "no room")), canBeLost: true)
    }
    processes[runner] = SimulatedProcess(
      generation: generation, placement: placement, isStubborn: faults && random.chance(10))
    try Invariants.check(processes)
    tell(runner, generation, .started(.init(socket: "/s", pid: 1)), canBeLost: true)
    if faults && random.chance(5) {
      schedule(.process(runner, generation: generation, .crash), in: random.duration(0...300))
    }
  }

  mutating func attach(_ runner: RunnerID, _ generation: Int) {
    guard let process = processes[runner], process.generation == generation, process.isAlive, isReachable(process) else {
      return tell(runner, generation, .linkClosed, canBeLost: false)
    }
    processes[runner]?.isAttached = true
    // One that was attached to an earlier server says again what it is.
    if process.isReady { return tell(runner, generation, .ready, canBeLost: false) }
    guard !process.wasAttached else { return }
    processes[runner]?.wasAttached = true
    let outcome = faults ? Int.random(in: 0..<100, using: &random) : 99
    switch outcome {
    case ..<10: schedule(.process(runner, generation: generation, .fail), in: random.duration(0...500))
    case ..<15: schedule(.process(runner, generation: generation, .crash), in: random.duration(0...500))
    case ..<18: break  // Never ready: the startup time-out has to end it.
    default: schedule(.process(runner, generation: generation, .getReady), in: random.duration(0...500))
    }
  }

  mutating func signal(_ runner: RunnerID, _ generation: Int, isKill: Bool) {
    guard let process = processes[runner], process.generation == generation, process.isAlive else {
      if processes[runner] == nil { processes[runner] = SimulatedProcess(generation: generation, ended: .unknown) }
      return tell(runner, generation, .exited(processes[runner]?.exit ?? .unknown), canBeLost: true)
    }
    // A node that cannot be reached does not answer.
    guard isReachable(process) else { return }
    if isKill {
      end(runner, .signalled(9))
    } else {
      schedule(.process(runner, generation: generation, .obey), in: random.duration(0...2_000))
    }
  }

  mutating func take(_ step: ProcessStep, of runner: RunnerID, generation: Int) throws {
    guard let process = processes[runner], process.generation == generation, process.isAlive else { return }
    let isHeard = process.isAttached && isReachable(process)
    switch step {
    case .getReady:
      guard !process.isDone else { return }
      processes[runner]?.isReady = true
      if isHeard { try give(.runner(runner, generation: generation, .ready)) }
      if faults && random.chance(30) {
        let step: ProcessStep = random.chance(50) ? .crash : .sicken
        schedule(.process(runner, generation: generation, step), in: random.duration(0...20_000))
      }
    case .fail:
      guard !process.isDone else { return }
      processes[runner]?.isDone = true
      if isHeard {
        try give(.runner(runner, generation: generation, .failed(.init(code: "setup-failed", message: "no"))))
      }
      schedule(.process(runner, generation: generation, .obey), in: random.duration(0...200))
    case .sicken:
      guard isHeard else { return }
      try give(.runner(runner, generation: generation, .unhealthy(.init(code: "unhealthy", message: "no answer"))))
    case .crash:
      end(runner, .signalled(11))
    case .obey:
      processes[runner]?.isDone = true
      if !process.isStubborn { end(runner, .exited(status: 0)) }
    }
  }

  private mutating func end(_ runner: RunnerID, _ exit: RunnerExit) {
    guard let process = processes[runner], process.isAlive else { return }
    processes[runner]?.exit = exit
    processes[runner]?.isAlive = false
    guard isReachable(process) else { return }
    // Now and then only its connection tells.
    if !(faults && random.chance(10)) { tell(runner, process.generation, .exited(exit), canBeLost: true) }
    if process.isAttached { tell(runner, process.generation, .linkClosed, canBeLost: false) }
  }

  /// Says something about a runner: late, and in bad times twice or not at all.
  private mutating func tell(_ runner: RunnerID, _ generation: Int, _ report: Input.RunnerReport, canBeLost: Bool) {
    let event = Happening.input(.runner(runner, generation: generation, report))
    if !(faults && canBeLost && random.chance(10)) { schedule(event, in: random.duration(0...200)) }
    if faults && random.chance(10) { schedule(event, in: random.duration(0...5_000)) }
  }

  // MARK: Nodes.

  /// Nodes vanish, with their power or only out of sight, and come back.
  mutating func changeNodes() throws {
    schedule(.nodes, in: random.duration(faults ? 1_000...40_000 : 40_000...80_000))
    for node in Self.nodes.map(\.id) {
      if !faults || !nodes.contains(node) {
        if !faults || random.chance(70) { nodes.insert(node) }
      } else if random.chance(15) {
        nodes.remove(node)
        if random.chance(50) { cutPower(of: node) }
      }
    }
    try give(.nodes(Self.nodes.filter { nodes.contains($0.id) }))
  }

  private mutating func cutPower(of node: NodeID) {
    for (runner, process) in processes where process.placement?.node == node && process.isAlive {
      processes[runner]?.isAlive = false
      processes[runner]?.exit = .unknown
    }
  }

  /// A process that no server knows of.
  mutating func addStray() {
    let runner = RunnerID("stray\(Int.random(in: 0..<1_000_000, using: &random))")
    processes[runner] = SimulatedProcess(generation: 1, placement: nil, isStubborn: false)
  }
}

/// A runner's process, as the simulated provider sees it.
struct SimulatedProcess {
  let generation: Int
  let placement: Placement?
  /// Ignores SIGTERM.
  let isStubborn: Bool
  var isAlive = true
  /// To the server that is there now.
  var isAttached = false
  /// To this one or an earlier one.
  var wasAttached = false
  var isReady = false
  /// Failed, or told to end: says nothing more on its connection.
  var isDone = false
  var exit = RunnerExit.unknown
  var place: Runner.Place { .init(socket: "/s", pid: 1) }

  init(generation: Int, placement: Placement?, isStubborn: Bool) {
    self.generation = generation
    self.placement = placement
    self.isStubborn = isStubborn
  }

  init(generation: Int, ended: RunnerExit) {
    self.init(generation: generation, placement: nil, isStubborn: false)
    isAlive = false
    exit = ended
  }
}
