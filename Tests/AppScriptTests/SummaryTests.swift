import AppModel
import Testing

@testable import AppScript

@Suite struct SummaryTests {
  @Test func showsADefinitionWithItsDefaults() throws {
    var app = draftApp(["machine_type": list("S", "GPU-A100"), "secrets": list("STOPLIST_URL")], endpoints: ["/", "/stream"])
    app.summary = "Counts and ranks words"
    app.hooks = [DraftHook(name: "setup", mark: DraftValue.nowhere)]
    app.endpoints[1].options = ["stream": true]
    let definition = try #require(validate([app]).definitions.first)
    #expect(
      DefinitionSummary.render(definition, script: "words.lua") == """
        words: Counts and ranks words
          endpoints  /        words.lua:2
                     /stream  words.lua:3  streams events
          machine    S: 1 CPU, 1 GB
            or else  GPU-A100: 12 CPU, 60 GB, 1 x A100 with 40 GB
          auth       private when deployed, public when run
          strategy   recreate: a deploy switches at once
          scaling    0 to 2 runners, 1 request at once each, idle for 1m
          time-outs  request 1h, start 10m, stop 5s
          secrets    STOPLIST_URL
          data       /data
          hooks      setup

        """)
  }

  @Test func showsWhatWasSet() throws {
    let options: DraftValue = [
      "owner": "jane", "command": list("python3", "my serve.py"), "auth": "public", "strategy": "rolling", "max_multiplexing": 8,
      "rollout": ["steps": list("1", "50%"), "pause": "2m", "bake": "10m"], "health": ["path": "/up"],
      "analyse": ["every": "10s", "count": 6, "failure": lua(.function(line: 9)), "dry_run": true],
      "retry_config": ["timeout": 0], "scaling_delay": "5s", "concurrency_buffer": 1, "env": ["B": "1", "A": "2"],
      "request_start_timeout": "30s", "version": "3", "files": list("*.txt"),
    ]
    let definition = try #require(validate([draftApp(options, endpoints: [])]).definitions.first)
    #expect(
      DefinitionSummary.render(definition, script: "app.lua") == """
        jane/words
          command    python3 "my serve.py"
          machine    S: 1 CPU, 1 GB
          auth       public: anyone, the owner pays
          strategy   rolling: 1 runner, 50%, 2m apart, then baked for 10m
          scaling    0 to 2 runners, 8 requests at once each, idle for 1m, 1 spare, another one after 5s of waiting
          time-outs  request 1h, waiting 30s, start 10m, stop 5s
          retries    0 after a time-out, 9 after a server error, 9 after a lost connection
          health     GET /up, 5s each, 3 failures
          version    3
          env        A, B
          files      *.txt
          data       /data
          analysis   6 times, every 10s, 0 failures allowed, as a dry run

        """)
  }
}
