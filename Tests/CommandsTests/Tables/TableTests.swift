import AppModel
import ControlAPI
import Testing

@testable import Commands

/// Listings as people see them, to the letter.
@Suite struct TableTests {
  private let time = TimeText(secondsFromGMT: 3600)

  private func app(_ name: String, owner: String = "ada") -> AppInfo {
    var app = AppInfo(owner: owner, name: name, environment: "main", url: "http://h/\(owner)/\(name)")
    app.revision = "\(name)-3"
    app.auth = .private
    app.machineTypes = ["S", "M"]
    app.runners = 2
    app.runnersReady = 2
    return app
  }

  @Test func appsHaveFalsColumns() {
    var busy = app("words")
    busy.scaling.concurrencyBufferPercentage = 20
    busy.scaling.concurrencyBuffer = 1
    busy.timeouts.requestStart = InSeconds(wrappedValue: .seconds(30))
    busy.runnersReady = 1
    busy.queued = 1
    busy.regions = ["eu", "us"]
    busy.rollout = RolloutInfo(revision: "words-4", strategy: .rolling, seconds: 12, waitsFor: "no node has 2 free GPU-H100")
    var empty = app("new")
    (empty.revision, empty.auth, empty.runners, empty.runnersReady) = (nil, nil, 0, 0)
    #expect(
      AppTable.render([busy, empty], .plain) == """
        Name   Env   Revision  Auth     Min Concurrency  Max Concurrency  Concurrency Buffer  Scaling Delay  \
        Max Multiplexing  Keep Alive  Request Timeout  Request Start Timeout  Startup Timeout  Machine Type      Runners  \
        Regions
        words  main  words-3   private                0                2          20%, min 1             0s  \
                       1          1m               1h                    30s              10m  S, M          2 (1 ready)  \
        eu, us
        new    main  -         -                      0                2                   0             0s  \
                       1          1m               1h                      -              10m  S, M                    0  \
        -
        words: words-4 is on its way (rolling, for 12s, waits: no node has 2 free GPU-H100); 1 request waits for a runner

        """)
  }

  @Test func ownersAreNamedWhereThereAreSeveral() {
    let text = AppTable.render([app("a"), app("b", owner: "bob")], .plain)
    #expect(text.contains("\nada/a  main"))
    #expect(text.contains("\nbob/b  main"))
  }

  private func runner(_ id: String, _ state: String) -> RunnerInfo {
    RunnerInfo(
      id: id, owner: "ada", app: "words", environment: "main", revision: "words-3", state: state, machineType: "S",
      generation: 1, requestedAt: 100, cause: "demand")
  }

  @Test func runnersShowWhatTheyDoAndWhetherTheyWillBeReplaced() {
    var busy = runner("aaaaaaaaaaaa", "RUNNING")
    busy.inFlight = 3
    busy.willBeReplaced = true
    var idle = runner("bbbbbbbbbbbb", "IDLE")
    idle.expiresIn = 42.25
    idle.environment = "staging"
    #expect(
      RunnerTable.render([busy, idle], now: 105.5, .plain) == """
        Alias           Machine Type  Runner ID     In Flight Requests  Expires In  Uptime  Revision  State
        words           S             aaaaaaaaaaaa                   3           -    5.5s  words-3   RUNNING (*)
        words--staging  S             bbbbbbbbbbbb                   0         42s    5.5s  words-3   IDLE
        (*) will be replaced

        """)
    var waiting = runner("cccccccccccc", "PENDING")
    waiting.reason = "no node has 1 GB free\nand so on"
    #expect(RunnerTable.render([waiting], now: 200, .plain).contains("PENDING  no node has 1 GB free\n"))
    var ended = runner("dddddddddddd", "TERMINATED")
    (ended.endedAt, ended.node, waiting.node) = (190, "one", "two")
    let text = RunnerTable.render([waiting, ended], now: 10_000, .plain)
    #expect(text.contains("State       Node  Reason\n"))
    #expect(text.contains("1m30s  words-3   TERMINATED  one\n"))
  }

  @Test func revisionsAreListedWithTheirTime() {
    var revision = RevisionInfo(
      revision: "words-3", status: .active, createdAt: 0, bundle: "0123456789abcdef", auth: .public, scaling: Scaling(),
      machineTypes: ["S"], runners: 1)
    revision.message = "better"
    revision.annotations = ["b": "2", "a": "1"]
    #expect(
      RevisionTable.render([revision], environment: "main", time, .plain) == """
        Revision  Env   Status  Auth    Min Concurrency  Max Concurrency  Max Multiplexing  Keep Alive  Machine Type  \
        Runners  Bundle        Created              Message
        words-3   main  active  public                0                2                 1          1m  S             \
              1  0123456789ab  1970-01-01 01:00:00  better a=1 b=2

        """)
  }

  @Test func nodesShowWhoHoldsWhat() {
    var node = NodeInfo(id: "box", isPresent: true, cpu: 32, memoryBytes: 25_769_803_776)
    node.cpuHeld = 1.5
    node.memoryHeldBytes = 536_870_912
    node.labels = ["zone": "b", "rack": "7"]
    node.gpus = [
      .init(id: "GPU-1", model: "H100", memoryBytes: 85_899_345_920, runner: "aaaaaaaaaaaa"),
      .init(id: "GPU-2", model: "H100", memoryBytes: 85_899_345_920, runner: nil),
    ]
    node.runners = [
      .init(
        runner: "aaaaaaaaaaaa", app: "ada/words", machineType: "GPU-H100", cpu: 1.5, memoryBytes: 536_870_912, gpus: ["GPU-1"])
    ]
    node.enforcement = ["memory through cgroup v1", "CPU not: no cpu controller"]
    #expect(
      NodeText.render(node, .plain) == """
        box
          CPU       1.5 of 32 cores held
          memory    512 MB of 24 GB held
          GPUs      1 of 2 held
          labels    rack=7, zone=b
          limits    memory through cgroup v1
                    CPU not: no cpu controller

        GPU    Model  Memory  Held By
        GPU-1  H100    80 GB  aaaaaaaaaaaa
        GPU-2  H100    80 GB  free

        Runner ID     App        Machine Type  CPU  Memory  GPUs
        aaaaaaaaaaaa  ada/words  GPU-H100      1.5  512 MB  GPU-1

        """)
    node.isPresent = false
    #expect(NodeText.render(node, .plain).hasPrefix("box has vanished, and its runners with it\n"))
  }

  @Test func theRestIsListedToo() {
    let page = HistoryPage(
      entries: [.init(sequence: 9, at: 1.5, kind: "aliasMoved", revision: "words-3", runner: nil, message: "took over\u{1B}[2J")],
      next: nil)
    #expect(
      HistoryTable.render(page, time, .plain) == """
        When                 What        Revision  Runner  In Words
        1970-01-01 01:00:01  aliasMoved  words-3           took over\\x1b[2J

        """)
    #expect(
      GPUTable.render(GPUCounts(gpus: ["GPU-H100": 2, "GPU-A100": 0]), .plain) == "Machine Type  GPUs\nGPU-H100         2\n")
    #expect(GPUTable.render(GPUCounts(gpus: [:]), .plain) == "no GPU is held\n")
    let environments = EnvironmentList(environments: [
      EnvironmentInfo(name: "main", description: nil, createdAt: nil, apps: 2),
      EnvironmentInfo(name: "staging", description: "before main", createdAt: 60, apps: 0),
    ])
    #expect(
      EnvironmentTable.render(environments, time, .plain) == """
        Name     Apps  Created              Description
        main        2  -
        staging     0  1970-01-01 01:01:00  before main

        """)
  }

  @Test func aServerShowsItsProblem() {
    var status = ServerStatus(
      version: "1.2", owner: "ada", pid: 7, startedAt: 100, url: "http://127.0.0.1:8090", dataFolder: "/d")
    (status.apps, status.runners, status.problem) = (2, 3, "the disk is full")
    #expect(
      StatusText.render(status, now: 3700, .plain) == """
        http://127.0.0.1:8090
          version   1.2
          owner     ada
          data      /d
          process   7, up for 1h
          apps      2
          runners   3
          problem   the disk is full

        """)
  }

  @Test func aServerThatIsReadySaysWhatItHasAndItsKeyToPeopleOnly() {
    var status = ServerStatus(
      version: "1.2", owner: "ada", pid: 7, startedAt: 100, url: "http://127.0.0.1:8090", dataFolder: "/d")
    (status.apps, status.runnersAdopted) = (2, 1)
    var node = NodeInfo(id: "box", isPresent: true, cpu: 32, memoryBytes: 25_769_803_776)
    node.gpus = [.init(id: "0", model: "H100", memoryBytes: 1, runner: nil)]
    node.enforcement = ["CPU not: no cpu controller"]
    var welcome = ServerWelcome(
      status: status, nodes: [node], keyMade: "id:secret", isShown: true, keyPath: "/d/owner.key")
    #expect(
      welcome.render(.plain) == """
        apolune 1.2 serves at http://127.0.0.1:8090
          data      /d
          owner     ada
          key       id:secret (shown this once; this user's commands find it in /d/owner.key)
          apps      2, 1 runner taken over
          node      box: 32 cores, 24 GB, 1 × H100
                    CPU not: no cpu controller

        """)
    welcome.isShown = false
    #expect(!welcome.render(.plain).contains("secret"))
    welcome.keyMade = nil
    #expect(!welcome.render(.plain).contains("owner.key"))
  }

  @Test func listingsAreTheAPIsOwnJSON() throws {
    let list = GPUCounts(gpus: ["GPU-H100": 2])
    #expect(try Console.json(APIAnswer(list) { GPUTable.render($0, $1) }) == Console.json(list))
  }

  @Test func appsCanBeFilteredAndSorted() throws {
    var (few, many) = (app("wordy"), app("words"))
    (few.runners, many.runners) = (1, 5)
    let command = try #require(
      ApoluneCommand.parseAsRoot(["apps", "list", "--filter", "WORD", "--sort-by-runners"]) as? AppsListCommand)
    #expect(command.chosen([few, app("other"), many]).map(\.name) == ["words", "wordy"])
  }
}
