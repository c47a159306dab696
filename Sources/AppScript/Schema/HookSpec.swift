/// A function that an app may define under a name of its own: `function app.setup(ctx)`.
public struct HookSpec: Sendable, Hashable {
  /// When it runs.
  public enum Stage: String, Sendable, Hashable {
    /// In every runner.
    case runner
    /// While an alias moves to a new revision.
    case rollout
  }

  public var name: String
  public var parameters: String
  public var stage: Stage
  /// Whether what it returns decides how the rollout goes on.
  public var isGate: Bool
  public var applies: OptionSpec.Applies
  public var doc: String

  init(
    _ name: String, _ parameters: String, _ stage: Stage, gate: Bool = false, applies: OptionSpec.Applies = .both, _ doc: String
  ) {
    self.name = name
    self.parameters = parameters
    self.stage = stage
    isGate = gate
    self.applies = applies
    self.doc = doc
  }
}
