extension EngineState {
  /// Puts one app back to what it was, with what its runners hold: facts that could not be written down have not happened.
  ///
  /// What the provider tells anew after every start (nodes, strays) stays as it is.
  public mutating func restore(_ app: AppID, to before: AppState?) {
    take(app)
    if let before { add(before) }
  }
}
