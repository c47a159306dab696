import AppModel
import AppScript
import Host

/// What `apolune check` found.
struct CheckAnswer: CommandAnswer {
  struct File: Encodable, Sendable {
    var file: String
    /// Empty when the script has an error.
    var apps: [AppDefinition] = []
    /// What a server's configuration says; nil for a script of apps, and when there is an error.
    var configuration: ServerConfiguration?
    /// The machine types that the script may use.
    var machines: [MachineType] = []
    /// Paths of the files that travel with each app, relative to the script's folder.
    var bundles: [String: [String]] = [:]
    var diagnostics: [Diagnostic]
    /// What the script printed and logged while it loaded.
    var log: String
    /// Source for excerpts; no part of the JSON.
    var sources: [String: [UInt8]]

    enum CodingKeys: String, CodingKey {
      case file
      case apps
      case configuration
      case machines
      case bundles
      case diagnostics
      case log
    }
  }

  private(set) var files: [File] = []
  private(set) var errors = 0
  private(set) var warnings = 0

  mutating func add(_ file: String, _ checked: CheckedFile) {
    switch checked {
    case .script(let script): add(file, script)
    case .configuration(let configuration): add(file, configuration)
    }
  }

  mutating func add(_ file: String, _ script: EvaluatedScript) {
    add(
      File(
        file: file, apps: script.definitions, machines: script.machines,
        bundles: script.bundles.mapValues { $0.files.map(\.path) }, diagnostics: script.diagnostics, log: script.log,
        sources: script.sources))
  }

  mutating func add(_ file: String, _ evaluated: EvaluatedConfiguration) {
    add(
      File(
        file: file, configuration: evaluated.configuration, machines: evaluated.configuration?.catalogue ?? [],
        diagnostics: evaluated.diagnostics, log: evaluated.log, sources: evaluated.sources))
  }

  private mutating func add(_ file: File) {
    errors += file.diagnostics.count { $0.severity == .error }
    warnings += file.diagnostics.count { $0.severity == .warning }
    files.append(file)
  }

  func text(_ style: Style) -> String {
    files.flatMap { file in
      file.apps.map { DefinitionSummary.render($0, script: file.file) }
        + (file.configuration.map { [ConfigurationSummary.render($0, file: file.file)] } ?? [])
    }.joined(separator: "\n")
  }

  /// What the scripts printed, then the diagnostics, with one count over all scripts at the end.
  func problems(_ style: Style) -> String {
    var sources: [String: [UInt8]] = [:]
    var printed = ""
    for file in files {
      sources.merge(file.sources) { first, _ in first }
      for line in PlainText.lines(file.log) where !line.isEmpty { printed += PlainText.escaped(line) + "\n" }
    }
    return printed + DiagnosticRenderer(sources: sources).render(files.flatMap(\.diagnostics), color: style.isColored)
  }
}
