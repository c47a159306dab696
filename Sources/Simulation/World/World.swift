import EngineCore
import Planning
import Store

/// Apps and their owners, nodes, runners, a provider, a gateway and a disk, all simulated, around the real core and the real
/// store, which come and go as servers crash.
///
/// Runners take time, crash, hang and ignore signals; what is said of them is lost, told twice and reordered; the disk is full
/// for a while; nodes vanish and return. Everything follows from the seed. Once `hasFaults` is off the world behaves, so that
/// what is due has to come about.
struct World {
  var random: SeededRandom
  var hasFaults = true
  var diary: Diary
  var report = LifeReport()

  /// Only ever goes on. What the servers take for the time is `clock`.
  var now = Moment(nanoseconds: 1_700_000_000_000_000_000)
  var clockAhead = Duration.zero
  var agenda = Agenda()

  let folder: String
  let disk = SimulatedDisk()
  var images = 0
  var server: Server?
  var serversMade = 0
  /// The next server that writes something down dies there.
  var doom: CrashPoint?
  /// All facts that were written down so far, folded.
  var written = EngineState()
  var factsWritten: Int64 = 0

  let nodes: [Node]
  let apps: [AppID]
  var nodesAway: Set<NodeID> = []
  /// Away, but their processes live on.
  var nodesCutOff: Set<NodeID> = []
  var nodesToldAt = Moment(nanoseconds: 0)
  var processes: [RunnerID: SimulatedProcess] = [:]
  var pidsGiven: Int32 = 100

  var routes: [AppID: RevisionID] = [:]
  var load: [AppID: Int] = [:]

  init(seed: UInt64, folder: String, _ diary: Diary.Length) throws {
    self.folder = folder
    self.diary = Diary(diary)
    random = SeededRandom(seed: seed)
    var nodes: [Node] = []
    for node in Cast.nodes where random.chance(65) { nodes.append(node) }
    self.nodes = nodes.isEmpty ? [Cast.nodes[0]] : nodes
    apps = Array(Cast.apps.prefix(random.number(1...3)))
    schedule(.person, in: .milliseconds(600))
    schedule(.gateway, in: .seconds(1))
    schedule(.trouble, in: .seconds(2))
    schedule(.snapshot, in: random.duration(5_000...60_000))
    try startServer()
  }

  var clock: Moment { now + clockAhead }

  var nodesPresent: [Node] { nodes.filter { !nodesAway.contains($0.id) } }

  mutating func schedule(_ happening: Happening, in delay: Duration) { agenda.note(happening, at: now + delay) }

  mutating func note(_ line: @autoclosure () -> String) {
    let seconds = (now - Moment(nanoseconds: 1_700_000_000_000_000_000)).components
    diary.note("\(seconds.seconds).\(seconds.attoseconds / 1_000_000_000_000_000) \(line())")
  }

  /// Moves to the next thing that happens: a scheduled one, or a wake that the core or its outbox asked for.
  mutating func step() throws {
    report.steps += 1
    let wake = wakeTime.map { max(now, $0) }
    guard let next = agenda.nextTime else { throw Violation("nothing happens any more") }
    if let wake, wake <= next {
      now = wake
      return try turn()
    }
    guard let (at, happening) = agenda.next() else { return }
    now = max(now, at)
    try take(happening)
  }

  /// When the server wants to be woken, in the world's time.
  private var wakeTime: Moment? {
    guard let server, server.isServing, let wake = server.nextWake else { return nil }
    return max(wake, server.retryAt ?? wake) + (.zero - clockAhead)
  }

  private mutating func take(_ happening: Happening) throws {
    switch happening {
    case .letter(let event, let number): try deliver(event, to: number)
    case .turn: try turn()
    case .process(let runner, let generation, let step): try take(step, of: runner, generation: generation)
    case .person: try actAsPerson()
    case .gateway: try reportDemand()
    case .trouble: try makeTrouble()
    case .nodeReturns(let node): restore(node)
    case .diskWorks: repairDisk()
    case .serverStarts: try startServer()
    case .inventory(let nodes, let found, let number): try adopt(nodes, found, server: number)
    case .snapshot: try takeSnapshot()
    case .nothing: try expectNothingDue()
    }
  }
}
