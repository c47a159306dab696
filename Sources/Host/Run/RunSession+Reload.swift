extension RunSession {
  /// What triggers a reload that a person asked for at the console.
  public static let reloadByHand = "reload()"

  /// Follows saves of the script and of the files in its bundles.
  func watch(_ script: EvaluatedScript) throws {
    let watcher = try FileWatcher(folder: script.folder, files: script.watchedFiles)
    self.watcher = watcher
    background.append(
      Task { [weak self] in
        for await change in watcher.changes { await self?.reload(because: change.trigger) }
      })
  }

  /// Evaluates the script again and moves to what it is now. One reload at a time; each sees the newest files.
  @discardableResult
  public func reload(because trigger: String) async -> ReloadOutcome {
    let earlier = reloading
    let work = Task {
      _ = await earlier?.value
      return await self.reloadNow(trigger)
    }
    reloading = work
    return await work.value
  }

  private func reloadNow(_ trigger: String) async -> ReloadOutcome {
    report.yield(.reloading(trigger: trigger))
    let begin = ContinuousClock.now
    do {
      let script = try await evaluator.evaluate(options.script, overrides: options.overrides)
      watcher?.watch(script.watchedFiles)
      guard !script.hasErrors else {
        report.yield(.reloadRefused(trigger: trigger, script))
        return .refused(script)
      }
      try await deploy(script, as: .rolling)
      report.yield(.reloaded(trigger: trigger, apps: apps, duration: ContinuousClock.now - begin))
      return .reloaded(apps)
    } catch RunFailure.start(let app, let reason) {
      report.yield(.reloadFailed(trigger: trigger, app: app, reason: reason))
      return .failed(app: app, reason: reason)
    } catch {
      report.yield(.problem("the script cannot be loaded again: \(error)"))
      return .impossible("\(error)")
    }
  }
}
