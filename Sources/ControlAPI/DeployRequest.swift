public import AppModel

/// `POST /v1/deploys`: deploy a script whose files the server has. Answered with `DeployEvent`s, one JSON object a line.
public struct DeployRequest: Sendable, Hashable, Codable {
  public struct File: Sendable, Hashable, Codable {
    /// Within the bundle, with "/" and without "..".
    public var path: String
    /// SHA-256 of the content, in hex.
    public var hash: String
    public var size: Int
    public var isExecutable: Bool

    public init(path: String, hash: String, size: Int, isExecutable: Bool) {
      self.path = path
      self.hash = hash
      self.size = size
      self.isExecutable = isExecutable
    }
  }

  /// Path of the script among the files.
  public var script: String
  public var files: [File]
  /// Which app of the script; nil where it defines one, or all of them.
  public var app: String?
  /// Deploys it under another name.
  public var name: String?
  public var environment: String
  public var auth: Auth?
  public var strategy: Strategy?
  public var machineTypes: [String]?
  public var gpuCount: Int?
  /// At most 2048 characters.
  public var message: String?
  /// At most 32; key at most 64 characters; 16,384 bytes together.
  public var annotations: [String: String]
  /// Settings come from the script, not from what the app has now.
  public var resetsScaling: Bool
  /// Answer as soon as the revision is registered.
  public var detaches: Bool
  /// Validate and compare only; nothing changes.
  public var isCheck: Bool

  public init(script: String, files: [File], environment: String = "main") {
    self.script = script
    self.files = files
    self.environment = environment
    annotations = [:]
    resetsScaling = false
    detaches = false
    isCheck = false
  }
}
