import AppModel
import Testing

@testable import AppScript

@Suite struct ValidatorTests {
  @Test func anAppWithoutOptionsGetsEveryDefault() throws {
    let validation = validate([draftApp([:])])
    #expect(validation.lines.isEmpty)
    let definition = try #require(validation.definitions.first)
    let endpoint = Endpoint(path: "/", stream: false, line: 2)
    #expect(
      definition == AppDefinition(name: "words", program: .endpoints([endpoint]), machines: [Machine(MachineType.builtIn[1])]))
  }

  @Test func everyOptionReachesTheDefinition() throws {
    let options: DraftValue = [
      "owner": "jane", "version": "2.1", "machine_type": list("GPU-A100", "GPU-H100"), "num_gpus": 2, "regions": list("eu-west"),
      "auth": "shared", "strategy": "rolling", "keep_alive": "5m", "min_concurrency": 1, "max_concurrency": 8.0,
      "concurrency_buffer": 2, "concurrency_buffer_perc": 20, "scaling_delay": 1.5, "max_multiplexing": 4,
      "request_timeout": "90s", "request_start_timeout": 30, "startup_timeout": "2h", "termination_grace_period": "10s",
      "skip_retry_conditions": list("timeout"), "retry_config": ["server_error": 3, "connection_error": ["retries": 1]],
      "env": ["LEVEL": "debug", "SIZE": 3], "secrets": list("TOKEN"), "files": list("data/**"), "files_ignore": list("*.tmp"),
      "data_mounts": list("/data", "/models"), "health": ["path": "/", "timeout": "1s", "failure_threshold": 5],
      "rollout": ["steps": list("1", "10%", 5, "100%"), "pause": "2m", "bake": "10m", "order": "drain", "on_error": "abort"],
      "analyse": ["every": "10s", "count": 6, "failure": lua(.function(line: 9)), "failure_limit": 1],
    ]
    let validation = validate([draftApp(options, hooks: ["before_step", "setup"])])
    #expect(validation.lines == [])
    let definition = try #require(validation.definitions.first)
    #expect(definition.owner == "jane" && definition.version == "2.1" && definition.regions == ["eu-west"])
    #expect(definition.machines.map(\.type) == ["GPU-A100", "GPU-H100"] && definition.machines.map(\.cpu) == [24, 24])
    #expect(definition.auth == .shared && definition.strategy == .rolling)
    let scaling = definition.scaling
    #expect(scaling.keepAlive == .seconds(300) && scaling.minConcurrency == 1 && scaling.maxConcurrency == 8)
    #expect(scaling.concurrencyBuffer == 2 && scaling.concurrencyBufferPercentage == 20 && scaling.maxMultiplexing == 4)
    #expect(scaling.scalingDelay == .milliseconds(1500))
    #expect(definition.timeouts.request == .seconds(90) && definition.timeouts.requestStart?.wrappedValue == .seconds(30))
    #expect(definition.timeouts.startup == .seconds(7200) && definition.timeouts.terminationGrace == .seconds(10))
    #expect(definition.retry.retries == ["timeout": 0, "server_error": 3, "connection_error": 1])
    #expect(definition.env == ["LEVEL": "debug", "SIZE": "3"] && definition.secrets == ["TOKEN"])
    #expect(
      definition.files == ["data/**"] && definition.filesIgnored == ["*.tmp"] && definition.dataMounts == ["/data", "/models"])
    #expect(definition.health?.method == .post && definition.health?.timeout == .seconds(1))
    #expect(definition.rollout.steps == [.runners(1), .percent(10), .runners(5), .percent(100)])
    #expect(
      definition.rollout.order == .drain && definition.rollout.errorAction == .abort && definition.rollout.bake == .seconds(600))
    #expect(
      definition.analysis?.count == 6 && definition.analysis?.hasFailure == true && definition.analysis?.hasSuccess == false)
    #expect(definition.hooks == ["setup", "before_step"])
  }

  /// Each case: options of an app, and the one thing that is wrong with them.
  @Test(
    arguments: [
      (["keepalive": 1], "unknown-option: 'keepalive' is not an option of an app (did you mean 'keep_alive'?)"),
      (["max_runners": 1], "unknown-option: 'max_runners' is not an option of an app (it is called 'max_concurrency' here)"),
      (["zzz": 1], "unknown-option: 'zzz' is not an option of an app (`apolune reference` lists all options)"),
      (["setup": 1], "unknown-option: 'setup' is not an option of an app (hooks are statements: function app.setup(ctx) … end)"),
      (["name": "x"], "unknown-option: the name of an app is not an option (write app \"name\" { … })"),
      (
        ["requirements": list("torch")],
        "foreign-option: 'requirements' is an option of fal that has no use here "
          + "(apps are Lua or a command; install what a command needs on the node or in its image)"
      ),
      (
        ["health": ["path": "/", "tiemout": 3]],
        "unknown-option: 'tiemout' is not an option of 'health' (did you mean 'timeout'?)"
      ),
      (["keep_alive": list()], "wrong-type: keep_alive: expected a duration such as \"90s\", got a table"),
      (["keep_alive": true], "wrong-type: keep_alive: expected a duration such as \"90s\", got true"),
      (
        ["keep_alive": "90"],
        "bad-duration: keep_alive: \"90\" is not a duration (add a unit, as in \"90s\", or write 90 without quotes for seconds)"
      ),
      (["keep_alive": "-5s"], "bad-duration: keep_alive: \"-5s\" is not a duration (a duration cannot be negative)"),
      (["keep_alive": -1], "out-of-range: keep_alive cannot be -1 (it can be 0s to 30d)"),
      (["keep_alive": 1e300], "out-of-range: keep_alive cannot be 1e+300 (it can be 0s to 30d)"),
      (
        ["keep_alive": lua(.notFinite("nan"))],
        "not-finite: keep_alive: expected a duration such as \"90s\", got a number that is not one (nan)"
      ),
      (
        ["max_concurrency": lua(.notFinite("inf"))],
        "not-finite: max_concurrency: expected a whole number, got an infinite number"
      ),
      (["max_concurrency": -3], "out-of-range: max_concurrency cannot be -3 (it can be 1 to 10000)"),
      (
        ["max_concurrency": lua(.integer(.max))],
        "out-of-range: max_concurrency cannot be 9223372036854775807 (it can be 1 to 10000)"
      ),
      (["max_concurrency": 1e18], "out-of-range: max_concurrency cannot be 1e+18 (it can be 1 to 10000)"),
      (["max_concurrency": 2.5], "wrong-type: max_concurrency: expected a whole number, got 2.5"),
      (
        ["max_concurrency": "4"],
        "wrong-type: max_concurrency: expected a whole number, got the text \"4\" (write 4 without quotes)"
      ),
      (["memory": 64], "wrong-type: memory: expected a size such as \"64GB\", got 64 (say which unit: \"64GB\" or \"64MB\")"),
      (["memory": "64"], "bad-size: memory: \"64\" is not a size (write a number and a unit: \"512MB\", \"64GB\", \"1TB\")"),
      (["memory": "1KB"], "out-of-range: memory cannot be \"1KB\" (it can be 16MB to 32TB)"),
      (["cpu": "two"], "wrong-type: cpu: expected a number, got the text \"two\""),
      (["cpu": 0], "out-of-range: cpu cannot be 0 (it can be 0.1 to 1024)"),
      (["auth": "pubic"], "unknown-value: auth cannot be \"pubic\" (did you mean 'public'?)"),
      (["auth": "nobody"], "unknown-value: auth cannot be \"nobody\" (it can be \"private\", \"shared\" or \"public\")"),
      (["auth": 1], "wrong-type: auth: expected \"private\", \"shared\" or \"public\", got 1"),
      (
        ["secrets": "KEY"],
        "wrong-type: secrets: expected a list such as { \"API_KEY\", … }, got the text \"KEY\" (write { \"KEY\" })"
      ),
      (["secrets": ["A": 1]], "named-value: secrets is a list, and 'A' is a name in it (write values alone: { \"API_KEY\" })"),
      (
        ["secrets": list("A-B")],
        "bad-variable: secrets: \"A-B\" cannot be the name of a variable (use letters, digits and _, and no digit first: \"API_KEY\")"
      ),
      (["env": ["PORT": 80]], "reserved-variable: env: \"PORT\" is set by the runner (choose another name)"),
      (["env": list("A=1")], "unnamed-value: env: the text \"A=1\" has no name (write { NAME = \"value\" })"),
      (["env": ["A": true]], "wrong-type: env.A: expected text, got true"),
      (
        ["files": list("../x")],
        "path-outside: files: \"../x\" lies outside the script's folder (only files below the script's folder travel with it)"
      ),
      (
        ["files": list("/etc/passwd")],
        "path-outside: files: \"/etc/passwd\" lies outside the script's folder (only files below the script's folder travel with it)"
      ),
      (
        ["data_mounts": list("data")],
        "bad-mount: data_mounts: \"data\" cannot be a mounted folder (write an absolute path such as \"/data\")"
      ),
      (
        ["owner": "Jane Doe"],
        "bad-name: owner: \"Jane Doe\" is not a name (a name has 1 to 63 lowercase letters, digits and single hyphens, "
          + "with none at its ends: \"jane-doe\", say)"
      ),
      (["owner": ""], "empty-text: owner: the text is empty (leave the option out, or write a value such as \"ada\")"),
      (
        ["owner": lua(.other("a string that is not UTF-8"))], "wrong-type: owner: expected text, got a string that is not UTF-8"
      ),
      (["regions": list()], "list-length: regions has 0 values (leave 'regions' out, or give at least one value)"),
      (
        ["machine_type": "GPU-H10"],
        "unknown-machine-type: there is no machine type \"GPU-H10\" (did you mean 'GPU-H100'? "
          + "there are XS, S, M, L, GPU-A6000, GPU-A100, GPU-H100, GPU-H200, GPU-B200)"
      ),
      (
        ["num_gpus": 2],
        "gpus-on-cpu-type: num_gpus is 2, but the machine type 'S' has no GPU "
          + "(choose a machine_type with one: GPU-A6000, GPU-A100, GPU-H100, GPU-H200, GPU-B200)"
      ),
      (
        ["machine_type": list("GPU-A100", "L"), "num_gpus": 1],
        "gpus-on-cpu-type: num_gpus is 1, but the machine type 'L' has no GPU "
          + "(types with a GPU are GPU-A6000, GPU-A100, GPU-H100, GPU-H200, GPU-B200)"
      ),
      (["num_gpus": 65, "machine_type": "GPU-A100"], "out-of-range: num_gpus cannot be 65 (it can be 1 to 64)"),
      (
        ["command": list("x")],
        "two-programs: the app 'words' has a command, so it cannot have endpoints too (serve \"/\" in the command, "
          + "or leave out 'command' on line 1)"
      ),
      (["health": [:]], "missing-option: 'health' needs 'path': the path to ask (add path = \"/health\")"),
      (["health": "/x"], "wrong-type: health: expected a table such as { path = \"/health\" }, got the text \"/x\""),
      (
        ["health": ["path": "/other"]],
        "health-without-endpoint: the health check asks \"/other\", which is no endpoint "
          + "(ask \"/health\", and define function app.health(ctx))"
      ),
      (
        ["analyse": [:], "strategy": "rolling", "rollout": ["bake": "1m"]],
        "analysis-without-predicate: 'analyse' has neither 'success' nor 'failure', so it cannot judge anything "
          + "(add failure = function(m) return m.new.errors > 0 end)"
      ),
      (
        ["strategy": "rolling", "rollout": ["steps": list("0%")]],
        "out-of-range: steps cannot have the step \"0%\" (a step is 1 to 10000 runners, or more than 0% and up to 100%)"
      ),
      (
        ["strategy": "rolling", "rollout": ["steps": list("half")]],
        "wrong-type: steps: expected a number of runners such as \"1\", or a percentage such as \"10%\", got the text \"half\""
      ),
      (
        ["strategy": "rolling", "rollout": ["affinity_header": "a b"]],
        "bad-header: affinity_header: \"a b\" cannot be a header's name (use letters, digits and -, as in \"x-session\")"
      ),
      (["version": "a\u{0}b"], "bad-text: version: \"a\\0b\" holds a zero byte (leave it out)"),
      (
        ["version": DraftValue(stringLiteral: String(repeating: "v", count: 5000))],
        "text-too-long: version: a text of 5000 bytes is too long (at most 4096 are allowed)"
      ),
      (["files": list("a\\b")], "bad-path: files: \"a\\b\" has a backslash (folders end in /)"),
      (["retry_config": ["timeout": 99]], "out-of-range: timeout cannot be 99 (it can be 0 to 10)"),
      (
        ["retry_config": ["timeot": 1]], "unknown-option: 'timeot' is not an option of 'retry_config' (did you mean 'timeout'?)"
      ),
    ] as [(DraftValue, String)])
  func oneMistakeGivesOneError(options: DraftValue, line: String) {
    let validation = validate([draftApp(options)])
    #expect(validation.lines == [line])
    #expect(validation.definitions.isEmpty && validation.hasErrors)
  }
}
