import AppModel

extension DefinitionBuilder {
  mutating func setRollout(_ definition: inout AppDefinition, _ options: CheckedOptions) {
    if let table = options.table("rollout") { definition.rollout = plan(table) }
    if let table = options.table("analyse") { definition.analysis = analysis(table) }
    let plan = definition.rollout
    if definition.strategy != .rolling, let mark = options.given["rollout"] {
      reader.findings.warning(
        "rollout-without-rolling", "'rollout' has no effect: the strategy is \(definition.strategy.rawValue)", at: mark,
        fix: "set strategy = \"rolling\"")
    }
    if definition.analysis != nil, plan.steps.isEmpty, plan.bake == .zero, let mark = options.given["analyse"] {
      reader.findings.warning(
        "analysis-without-steps", "'analyse' never runs: the rollout has no steps and no bake time", at: mark,
        fix: "add rollout = { steps = { \"10%\", \"100%\" }, pause = \"2m\" }")
    }
    if plan.steps.isEmpty, let hook = app.hooks.first(where: { $0.name == "before_step" }) {
      reader.findings.warning(
        "hook-without-effect", "'before_step' never runs: the rollout has no steps", at: hook.mark,
        fix: "add rollout = { steps = { \"10%\", \"100%\" } }")
    }
  }

  private mutating func plan(_ table: CheckedOptions) -> RolloutPlan {
    var plan = RolloutPlan()
    plan.steps = steps(table)
    plan.pause = table.duration("pause") ?? plan.pause
    plan.bake = table.duration("bake") ?? plan.bake
    plan.order = table.text("order").flatMap(RolloutPlan.Order.init(rawValue:)) ?? plan.order
    plan.affinityHeader = table.text("affinity_header")?.lowercased()
    plan.hookTimeout = table.duration("hook_timeout") ?? plan.hookTimeout
    plan.beforeDeployTimeout = table.duration("before_deploy_timeout") ?? plan.beforeDeployTimeout
    plan.progressDeadline = table.duration("progress_deadline") ?? plan.progressDeadline
    plan.waitMax = table.duration("max_wait") ?? plan.waitMax
    plan.errorAction = table.text("on_error").flatMap(RolloutPlan.ErrorAction.init(rawValue:))
    return plan
  }

  /// Steps of one unit must rise: a step back takes traffic away from a revision that has just proved itself.
  private mutating func steps(_ table: CheckedOptions) -> [RolloutPlan.Step] {
    var steps: [RolloutPlan.Step] = []
    var runners = 0
    var percent = 0.0
    for value in table.list("steps") ?? [] {
      guard case .step(let step) = value.value else { continue }
      let isRising: Bool
      switch step {
      case .runners(let count):
        isRising = count > runners
        runners = max(runners, count)
      case .percent(let share):
        isRising = share > percent
        percent = max(percent, share)
      }
      if !isRising {
        reader.findings.warning(
          "steps-not-rising", "this step is not above the one before it", at: value.mark, fix: "let the steps rise")
      }
      steps.append(step)
    }
    return steps
  }

  private mutating func analysis(_ table: CheckedOptions) -> Analysis {
    var analysis = Analysis()
    analysis.every = table.duration("every") ?? analysis.every
    analysis.count = table.integer("count")
    analysis.initialDelay = table.duration("initial_delay") ?? analysis.initialDelay
    analysis.failureLimit = table.integer("failure_limit") ?? analysis.failureLimit
    analysis.consecutiveSuccess = table.integer("consecutive_success")
    analysis.inconclusiveLimit = table.integer("inconclusive_limit") ?? analysis.inconclusiveLimit
    analysis.errorLimit = table.integer("error_limit") ?? analysis.errorLimit
    analysis.samplesMin = table.integer("min_samples") ?? analysis.samplesMin
    analysis.dryRun = table.boolean("dry_run") ?? analysis.dryRun
    analysis.hasSuccess = table.given["success"] != nil
    analysis.hasFailure = table.given["failure"] != nil
    if !analysis.hasSuccess, !analysis.hasFailure {
      reader.findings.error(
        "analysis-without-predicate", "'analyse' has neither 'success' nor 'failure', so it cannot judge anything",
        at: table.mark, fix: "add failure = function(m) return m.new.errors > 0 end")
    }
    if let count = analysis.count, let wanted = analysis.consecutiveSuccess, wanted > count {
      reader.findings.warning(
        "successes-above-count", "consecutive_success is \(wanted), but only \(count.of("measurement")) will be taken",
        at: table["consecutive_success"]?.mark, fix: "raise 'count', or lower 'consecutive_success'")
    }
    return analysis
  }
}
