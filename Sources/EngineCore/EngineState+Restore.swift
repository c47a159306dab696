extension EngineState {
  /// Puts one app back to what it was, with what its runners hold: facts that could not be written down have not happened.
  ///
  /// What the provider tells anew after every start (nodes, strays) stays as it is.
  public mutating func restore(_ app: AppID, to before: AppState?) {
    for runner in apps.removeValue(forKey: app)?.runners ?? [] {
      appsByRunner[runner.id] = nil
      if let placement = runner.placement { pool.release(placement) }
    }
    unplaced[app] = nil
    guard let before else { return }
    apps[app] = before
    for runner in before.runners {
      appsByRunner[runner.id] = app
      if let placement = runner.placement { pool.hold(placement) }
      if runner.isUnplaced { unplaced[app, default: 0] += 1 }
    }
  }
}
