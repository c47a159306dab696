public import AppModel
public import AppScript

/// What evaluating and validating a script gave.
public struct EvaluatedScript: Sendable, Hashable {
  /// Absolute path of the script's folder.
  public var folder: String
  /// The script's name in that folder.
  public var script: String
  /// Empty when there is an error among the diagnostics.
  public var definitions: [AppDefinition] = []
  /// The built-in machine types and the script's own.
  public var machines: [MachineType] = []
  public var diagnostics: [Diagnostic] = []
  /// Source by file name, as the positions of diagnostics name it.
  public var sources: [String: [UInt8]] = [:]
  /// The files that travel with each app, by its name.
  public var bundles: [String: BundleManifest] = [:]
  /// What the script printed and logged while it loaded; its first 64 KB, unescaped.
  public var log = ""
  /// Absolute paths of the files whose change makes another evaluation worthwhile, those that are missing among them.
  public var watchedFiles: Set<String>

  public init(folder: String, script: String) {
    self.folder = folder
    self.script = script
    watchedFiles = [folder + "/" + script]
  }

  public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}
