public import AppModel

/// What evaluating and validating a server's configuration gave.
public struct EvaluatedConfiguration: Sendable, Hashable {
  /// Absolute path of the file's folder, where relative paths in it begin.
  public var folder: String
  /// nil where there is an error among the diagnostics.
  public var configuration: ServerConfiguration?
  public var diagnostics: [Diagnostic] = []
  /// Source by file name, as the positions of diagnostics name it.
  public var sources: [String: [UInt8]] = [:]
  /// What the file printed and logged; its first 64 KB, unescaped.
  public var log = ""

  public init(folder: String) { self.folder = folder }

  public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}
