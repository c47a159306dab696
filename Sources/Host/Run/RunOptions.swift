public import AppScript

/// What a person asks of `apolune run`.
public struct RunOptions: Sendable {
  /// Path of the script.
  public var script: String
  /// What flags say in place of the script.
  public var overrides: DefinitionOverrides
  /// Interface of the gateway. Anyone who reaches it may call a public app.
  public var host = "127.0.0.1"
  /// nil: the usual port, or any free one where that is taken.
  public var port: Int?
  /// Whether a saved file loads the script again.
  public var reloads = true
  /// Variables and secrets from a `.env` file.
  public var variables: [String: String] = [:]
  /// The environment of this process: where secrets are looked for that no file names.
  public var environment: [String: String]

  public init(script: String, overrides: DefinitionOverrides = DefinitionOverrides(), environment: [String: String]) {
    self.script = script
    self.overrides = overrides
    self.environment = environment
  }

  /// Where the gateway listens when nobody says otherwise.
  public static let usualPort = 8080
}
