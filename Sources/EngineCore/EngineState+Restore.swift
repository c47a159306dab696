extension EngineState {
  /// Puts apps back to what they were, with what their runners hold: facts that could not be written down have not happened.
  ///
  /// What the provider tells anew after every start (nodes, strays) stays as it is.
  ///
  /// - Parameter before: all apps that the facts changed; nil: there was none.
  public mutating func restore(_ before: [AppID: AppState?]) {
    // All let go before any takes hold again: one may have what another gave back.
    for app in before.keys.sorted() { take(app) }
    for app in before.values.compactMap(\.self).sorted(by: { $0.id < $1.id }) { add(app) }
  }
}
