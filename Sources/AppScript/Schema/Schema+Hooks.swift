extension Schema {
  static let runnerHooks: [HookSpec] = [
    HookSpec("setup", "ctx", .runner, applies: .lua, "Once per runner, before it takes traffic."),
    HookSpec("health", "ctx", .runner, applies: .lua, "The body of GET /health; an error means that the runner is not well."),
    HookSpec(
      "provide_hints", "ctx", .runner, applies: .lua, "A list of texts; requests with one of them prefer this runner."),
    HookSpec(
      "handle_exit", "ctx", .runner, applies: .lua, "When a runner is told to stop, before its requests have finished."),
    HookSpec("teardown", "ctx", .runner, applies: .lua, "Once per runner, after its last request."),
  ]

  static let rolloutHooks: [HookSpec] = [
    HookSpec("validate", "ctx", .rollout, gate: true, "At check and plan; may only read."),
    HookSpec("before_deploy", "ctx", .rollout, gate: true, "Once per rollout, before any runner starts: migrations."),
    HookSpec(
      "runner_ready", "ctx, runner", .rollout, gate: true, "After a new runner's setup, before it may take traffic."),
    HookSpec("before_step", "ctx, step", .rollout, gate: true, "Before each step of a rollout that has steps."),
    HookSpec("before_promote", "ctx", .rollout, gate: true, "The last gate; the candidate has no traffic of its own yet."),
    HookSpec("after_promote", "ctx", .rollout, "During the bake time, while the old runners are still warm."),
    HookSpec(
      "after_rollout", "ctx, outcome", .rollout, "Always, at the end: \"promoted\", \"aborted\" or \"superseded\"."),
    HookSpec("should_abort", "ctx", .rollout, gate: true, "Polled during the rollout."),
    HookSpec("on_abort", "ctx", .rollout, "Makes good what other hooks did, once traffic is back on the old revision."),
  ]
}
