import AppModel
import Testing

@testable import AppScript

@Suite struct ValidatorRuleTests {
  /// Each case is legal but surely wrong, and still gives a definition.
  @Test(
    arguments: [
      (
        ["min_concurrency": 5], [],
        "min-above-max: min_concurrency is 5, but max_concurrency is 2 (the app will never have more than 2 runners; "
          + "set max_concurrency too)"
      ),
      (
        ["concurrency_buffer": 3, "max_concurrency": 1], [],
        "buffer-above-max: concurrency_buffer is 3, but max_concurrency is 1 (the app will never have more than 1 runner; "
          + "set max_concurrency too)"
      ),
      (
        ["keep_alive": 0], [],
        "no-keep-alive: with keep_alive = 0 and no runner held, each pause between requests costs a cold start "
          + "(set keep_alive = \"10s\", or min_concurrency = 1)"
      ),
      (["machine_type": list("M", "L", "M")], [], "duplicate-value: machine_type names \"M\" twice (leave one of them out)"),
      (["secrets": list("A", "A")], [], "duplicate-value: secrets names \"A\" twice (leave one of them out)"),
      (
        ["secrets": list("A"), "env": ["A": "x"]], [],
        "secret-and-env: 'A' is a secret and a variable of 'env' too (a value in the script is no secret; "
          + "leave it out of one of the two)"
      ),
      (
        ["skip_retry_conditions": list("timeout"), "retry_config": ["timeout": 2]], [],
        "retry-conflict: 'timeout' is skipped here, but retry_config gives it 2 retries (it is never tried again; "
          + "leave it out of one of the two)"
      ),
      (
        ["rollout": ["pause": "1m"]], [],
        "rollout-without-rolling: 'rollout' has no effect: the strategy is recreate (set strategy = \"rolling\")"
      ),
      (
        ["analyse": ["failure": lua(.function(line: 1))]], [],
        "analysis-without-steps: 'analyse' never runs: the rollout has no steps and no bake time "
          + "(add rollout = { steps = { \"10%\", \"100%\" }, pause = \"2m\" })"
      ),
      (
        ["strategy": "rolling", "rollout": ["steps": list("50%", "10%")]], [],
        "steps-not-rising: this step is not above the one before it (let the steps rise)"
      ),
      (
        [
          "strategy": "rolling", "rollout": ["steps": list("100%")],
          "analyse": ["success": lua(.function(line: 1)), "count": 2, "consecutive_success": 3],
        ], [],
        "successes-above-count: consecutive_success is 3, but only 2 measurements will be taken "
          + "(raise 'count', or lower 'consecutive_success')"
      ),
      (
        [:], ["before_step"],
        "hook-without-effect: 'before_step' never runs: the rollout has no steps "
          + "(add rollout = { steps = { \"10%\", \"100%\" } })"
      ),
    ] as [(DraftValue, [String], String)])
  func whatIsLegalButSurelyWrongGivesAWarning(options: DraftValue, hooks: [String], line: String) {
    let validation = validate([draftApp(options, hooks: hooks)])
    #expect(validation.lines == [line])
    #expect(validation.definitions.count == 1 && !validation.hasErrors)
  }

  @Test func aCommandAppHasNoHooksInItsRunners() throws {
    let validation = validate([
      draftApp(["command": list("python3", "serve.py")], endpoints: [], hooks: ["setup", "before_promote"])
    ])
    #expect(validation.codes == ["hook-without-effect"])
    #expect(validation.definitions.first?.program == .command(["python3", "serve.py"]))
    #expect(validation.definitions.first?.hooks == ["setup", "before_promote"])
  }

  @Test func anAppNeedsAProgramAndAScriptNeedsAnApp() {
    #expect(validate([draftApp([:], endpoints: [])]).codes == ["no-program"])
    #expect(validate([]).codes == ["no-app"])
    #expect(validate([draftApp(["command": list()], endpoints: [])]).codes == ["list-length"])
  }

  @Test func whatIsMissingFromAScriptThatStoppedIsNotReported() {
    #expect(validate([], isComplete: false).codes == [])
    let stopped = validate([draftApp(["health": ["path": "/later"], "keepalive": 1], endpoints: [])], isComplete: false)
    #expect(stopped.codes == ["unknown-option"])
  }

  @Test(arguments: ["", "Words", "a b", "-a", "a-", "a--b", "ä", String(repeating: "a", count: 64), "a/b", "a\n"])
  func namesOfAppsKeepTheRule(name: String) {
    let codes = validate([draftApp([:], name: name)]).codes
    #expect(codes == [name.isEmpty ? "empty-text" : "bad-name"])
  }

  @Test func twoAppsCannotHaveOneName() {
    #expect(validate([draftApp([:]), draftApp([:])]).codes == ["duplicate-app"])
    #expect(validate([draftApp([:]), draftApp([:], name: "other")]).definitions.count == 2)
  }

  @Test(arguments: ["x", "", "/a/", "//", "/a b", "/../x", "/a?b=c", "/ä", "/%20"])
  func pathsOfEndpointsKeepTheRule(path: String) {
    let codes = validate([draftApp([:], endpoints: [path])]).codes
    #expect(codes == [path.isEmpty ? "empty-text" : "bad-path"])
  }

  @Test func twoEndpointsCannotHaveOnePath() {
    #expect(
      validate([draftApp([:], endpoints: ["/", "/a", "/a"])]).lines == [
        "duplicate-endpoint: there is an endpoint \"/a\" already, on line 3 (give one of them another path)"
      ])
  }

  @Test func thereIsALimitToEndpoints() {
    let paths = (0...DefinitionBuilder.endpointsMax).map { "/\($0)" }
    #expect(validate([draftApp([:], endpoints: paths)]).codes == ["too-many-endpoints"])
  }

  @Test func machinesOfTheScriptJoinTheCatalogue() throws {
    let own: DraftValue = ["cpu": 16, "memory": "64GB", "gpu": ["model": "RTX 4090", "memory": "24GB"], "price": 0.69]
    let app = draftApp(["machine_type": list("GPU-RTX4090", "GPU-A100"), "num_gpus": 2])
    let validation = validate([app], machines: [("GPU-RTX4090", own)])
    #expect(validation.lines == [] && validation.machines.count == MachineType.builtIn.count + 1)
    let machine = try #require(validation.definitions.first?.machines.first)
    #expect(
      machine.cpu == 32 && machine.memory == .gigabytes(128) && machine.gpuCount == 2 && machine.gpu?.memory == .gigabytes(24))
  }

  @Test(
    arguments: [
      ("M", ["cpu": 1, "memory": "1GB"], ["duplicate-machine"]),
      ("a b", ["cpu": 1, "memory": "1GB"], ["bad-machine-name"]),
      ("X1", ["memory": "1GB"], ["missing-option"]),
      ("X1", ["cpu": 1, "memory": "1GB", "gpus": 1], ["unknown-option"]),
      ("X1", ["cpu": 1, "memory": "1GB", "gpu": ["memory": "24GB"]], ["missing-option"]),
      ("X1", ["cpu": 1, "memory": "1GB", "price": -1], ["out-of-range"]),
      ("X1", "what", ["wrong-type"]),
    ] as [(String, DraftValue, [String])])
  func machinesAreValidatedToo(name: String, options: DraftValue, codes: [String]) {
    #expect(validate([draftApp([:])], machines: [(name, options)]).codes == codes)
  }

  @Test func aBrokenMachineIsNotReportedAgainWhereItIsNamed() {
    let validation = validate([draftApp(["machine_type": "X1"])], machines: [("X1", ["cpu": "many", "memory": "1GB"])])
    #expect(validation.codes == ["wrong-type"])
  }

  @Test func flagsOverrideTheScript() throws {
    let overrides = DefinitionOverrides(auth: .public, strategy: .rolling, machineTypes: ["GPU-A100"], gpuCount: 2)
    let validation = validate([draftApp(["auth": "private", "machine_type": "M"])], overrides: overrides)
    let definition = try #require(validation.definitions.first)
    #expect(definition.auth == .public && definition.strategy == .rolling)
    #expect(definition.machines.map(\.type) == ["GPU-A100"] && definition.machines[0].gpuCount == 2)
  }

  @Test(
    arguments: [
      (["nope"], nil, "unknown-machine-type"), (["M"], 2, "gpus-on-cpu-type"), (["GPU-A100"], 0, "out-of-range"),
      (["GPU-A100"], -1, "out-of-range"),
    ] as [([String], Int?, String)])
  func flagsAreValidatedLikeOptions(types: [String], count: Int?, code: String) {
    let validation = validate([draftApp([:])], overrides: DefinitionOverrides(machineTypes: types, gpuCount: count))
    #expect(validation.codes == [code] && validation.diagnostics[0].position == nil)
  }

  @Test func allProblemsAreReportedAtOnceAndInTheOrderOfTheSource() {
    func at(_ line: Int, _ key: String, _ value: DraftValue) -> DraftField {
      let mark = SourceMark(SourcePosition(file: "app.lua", line: line, column: 3), length: 4)
      return DraftField(key: key, keyMark: mark, value: DraftValue(value.content, at: mark))
    }
    let fields = [at(5, "auth", "x"), at(3, "keepalive", 1), at(4, "memory", 1)]
    let validation = validate([draftApp(lua(.table(items: [], fields: fields)))])
    #expect(validation.diagnostics.map { $0.position?.line } == [3, 4, 5])
  }

  @Test func aHostileDraftGivesABoundedReport() {
    let fields = (0..<5000).map { DraftField(key: "k\($0)", keyMark: DraftValue.nowhere, value: 1) }
    #expect(validate([draftApp(lua(.table(items: [], fields: fields)))]).diagnostics.count == Findings.countMax)
  }
}
