import AppModel

/// Turns the draft of the operator's file into a configuration that a server may start with, or says everything that stands
/// in the way.
public struct ConfigurationValidator: Sendable {
  public init() {}

  /// Collects all problems: those of the report, then its own, in the order of the source. Pure. A file that says nothing at
  /// all is right: everything has a default.
  public func validate(_ report: ScriptReport) -> ConfigurationValidation {
    var validation = ConfigurationValidation(diagnostics: report.diagnostics)
    guard let draft = report.draft else { return validation }
    var builder = ConfigurationBuilder()
    for server in draft.servers { builder.add(server) }
    for node in draft.nodes { builder.add(node) }
    for machine in draft.machines { builder.add(machine) }
    for app in draft.apps {
      builder.reader.findings.error(
        "app-in-configuration", "the app '\(app.name)' cannot be in the server's configuration", at: app.nameMark,
        fix: "move it into a file of its own, and deploy that")
    }
    validation.diagnostics = (report.diagnostics + builder.reader.findings.diagnostics).inOrder(first: draft.file)
    if !validation.hasErrors { validation.configuration = builder.configuration }
    return validation
  }
}
