extension EngineState {
  /// Puts one app back to what it was: facts that could not be written down have not happened.
  public mutating func restore(_ app: AppID, to before: AppState?) {
    for runner in apps[app]?.runners ?? [] { appsByRunner[runner.id] = nil }
    apps[app] = before
    for runner in before?.runners ?? [] { appsByRunner[runner.id] = app }
  }
}
