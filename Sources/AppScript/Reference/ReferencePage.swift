/// The schema for people: what `apolune reference` prints.
public enum ReferencePage {
  /// Aligned text for a terminal.
  public static func text(_ document: ReferenceDocument = ReferenceDocument()) -> String {
    var page = ""
    for section in document.sections {
      page += "\(section.title)\n"
      page += aligned(section.options.map { [$0.name, $0.kind, standard($0), $0.doc + range($0) + applies($0.applies)] })
      page += "\n"
    }
    guard !document.hooks.isEmpty else { return page }
    page += "Hooks: function app.name(…) … end\n"
    page += aligned(document.hooks.map { ["\($0.name)(\($0.parameters))", $0.stage, $0.doc + applies($0.applies)] })
    return page
  }

  /// GitHub's tables.
  public static func markdown(_ document: ReferenceDocument = ReferenceDocument()) -> String {
    var page = "# The script language\n"
    for section in document.sections {
      page += "\n## \(section.title)\n\n| option | kind | default | range | meaning |\n|---|---|---|---|---|\n"
      for option in section.options {
        let cells = [
          "`\(option.name)`", option.kind, option.isRequired ? "required" : option.standard.map { "`\($0)`" } ?? "–",
          option.range ?? "–", option.doc + applies(option.applies),
        ]
        page += "| \(cells.map(escaped).joined(separator: " | ")) |\n"
      }
    }
    guard !document.hooks.isEmpty else { return page }
    page += "\n## Hooks\n\n| hook | runs in | decides | meaning |\n|---|---|---|---|\n"
    for hook in document.hooks {
      let cells = [
        "`\(hook.name)(\(hook.parameters))`", hook.stage, hook.gate ? "yes" : "no", hook.doc + applies(hook.applies),
      ]
      page += "| \(cells.map(escaped).joined(separator: " | ")) |\n"
    }
    return page
  }

  private static func standard(_ option: ReferenceDocument.Option) -> String {
    option.isRequired ? "required" : option.standard ?? "-"
  }

  private static func range(_ option: ReferenceDocument.Option) -> String {
    option.range.map { " (\($0))" } ?? ""
  }

  private static func applies(_ applies: String) -> String {
    switch applies {
    case OptionSpec.Applies.lua.rawValue: " Lua apps only."
    case OptionSpec.Applies.command.rawValue: " Command apps only."
    default: ""
    }
  }

  private static func escaped(_ cell: String) -> String {
    cell.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
  }

  /// Rows of equal length; the last column is not padded.
  private static func aligned(_ rows: [[String]]) -> String {
    let columns = rows.first?.count ?? 0
    let widths = (0..<columns).map { column in rows.map { Printable.width($0[column]) }.max() ?? 0 }
    return rows.map { row in
      let cells = row.enumerated().map { index, cell in index == columns - 1 ? cell : cell.padded(to: widths[index]) }
      return "  " + cells.joined(separator: "  ") + "\n"
    }.joined()
  }
}
