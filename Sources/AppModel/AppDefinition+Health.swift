extension AppDefinition {
  /// How runners are asked for their health: as the script says, or, where it only defines the hook `health`, at the path
  /// that the hook answers. nil: nobody asks.
  public var healthAsked: HealthCheck? {
    if let health { return health }
    return answersHealthByHook ? HealthCheck(path: Self.healthPath) : nil
  }

  /// Whether `GET /health` is answered by the script's hook.
  public var answersHealthByHook: Bool {
    guard case .endpoints(let endpoints) = program else { return false }
    return hooks.contains("health") && !endpoints.contains { $0.path == Self.healthPath }
  }

  /// The path that every Lua app answers, unless it has an endpoint there.
  public static let healthPath = "/health"
}
