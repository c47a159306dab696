public import AppModel

/// Turns a draft into definitions that the engine may run, or says everything that stands in the way.
public struct Validator: Sendable {
  /// Machine types that exist besides those a script defines.
  public var catalogue: [MachineType]

  public init(catalogue: [MachineType] = MachineType.builtIn) { self.catalogue = catalogue }

  /// Collects all problems: those of the report, then its own, in the order of the source. Pure.
  public func validate(_ report: ScriptReport, overrides: DefinitionOverrides = DefinitionOverrides()) -> Validation {
    var validation = Validation()
    validation.machines = catalogue
    validation.diagnostics = report.diagnostics
    guard let draft = report.draft else { return validation }
    var reader = OptionReader()
    var machines = MachineRules(catalogue: catalogue)
    for machine in draft.machines { machines.add(machine, &reader) }
    validation.machines = machines.catalogue
    var names: [String: SourceMark] = [:]
    for app in draft.apps {
      if let first = names[app.name] {
        reader.findings.error(
          "duplicate-app", "there is an app '\(app.name)' already, on line \(first.position.line)", at: app.nameMark,
          fix: "give one of them another name")
      }
      names[app.name] = names[app.name] ?? app.nameMark
      var builder = DefinitionBuilder(
        app: app, machines: machines, overrides: overrides, isComplete: draft.isComplete, reader: reader)
      if let definition = builder.build() { validation.definitions.append(definition) }
      reader = builder.reader
    }
    Self.checkKind(draft, &reader)
    validation.diagnostics = (report.diagnostics + reader.findings.diagnostics).inOrder(first: draft.file)
    if validation.hasErrors { validation.definitions = [] }
    return validation
  }

  /// A script of apps has one at least, and does not speak as the operator.
  private static func checkKind(_ draft: Draft, _ reader: inout OptionReader) {
    if let mark = draft.configurationMark {
      reader.findings.error(
        draft.apps.isEmpty ? "server-configuration" : "app-in-configuration",
        draft.apps.isEmpty
          ? "this is a server's configuration, and defines no app" : "a script of apps cannot configure the server too",
        at: mark,
        fix: draft.apps.isEmpty
          ? "give it to the server: apolune server --config \(draft.file)"
          : "move 'server' and 'node' into a file of their own, and give that to the server with --config")
    } else if draft.apps.isEmpty, draft.isComplete {
      let start = SourceMark(SourcePosition(file: draft.file, line: 1, column: 1), length: 0)
      reader.findings.error(
        "no-app", "the script defines no app", at: start, fix: "begin with: local app = app \"name\" { }")
    }
  }
}

extension [Diagnostic] {
  /// The script's own lines first, then those of its modules; what has no place comes last.
  func inOrder(first file: String) -> [Diagnostic] {
    func key(_ diagnostic: Diagnostic) -> (Int, String, Int, Int) {
      guard let position = diagnostic.position else { return (2, "", 0, 0) }
      return (position.file == file ? 0 : 1, position.file, position.line, position.column)
    }
    return enumerated().sorted { left, right in
      let (leftKey, rightKey) = (key(left.element), key(right.element))
      return leftKey == rightKey ? left.offset < right.offset : leftKey < rightKey
    }.map(\.element)
  }
}
