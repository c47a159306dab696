/// What clients may send to a server and what they get, name by name, as `apolune reference` shows it. It says what fal's
/// clients rely on; the control API is described by `/v1/openapi.json`.
struct HTTPReference: Sendable, Hashable, Encodable {
  struct Section: Sendable, Hashable, Encodable {
    var title: String
    var rows: [Row]

    init(_ title: String, _ rows: [Row]) {
      self.title = title
      self.rows = rows
    }
  }

  struct Row: Sendable, Hashable, Encodable {
    var name: String
    var meaning: String

    init(_ name: String, _ meaning: String) {
      self.name = name
      self.meaning = meaning
    }
  }

  private(set) var sections: [Section]

  init() {
    sections = [Self.places, Self.queue, Self.requestHeaders, Self.appHeaders, Self.answerHeaders, Self.errors] + Self.more
  }

  /// Keeps the rows that are wanted by their section's title or their name.
  mutating func keep(where isWanted: (_ title: String, _ name: String) -> Bool) {
    for index in sections.indices {
      let title = sections[index].title
      sections[index].rows.removeAll { !isWanted(title, $0.name) }
    }
    sections.removeAll { $0.rows.isEmpty }
  }

  var isEmpty: Bool { sections.isEmpty }

  func text(_ style: Style) -> String {
    sections.map { section in
      let width = section.rows.map { DisplayWidth.of($0.name) }.max() ?? 0
      let rows = section.rows.map { row in
        "  " + row.name + String(repeating: " ", count: width - DisplayWidth.of(row.name)) + "  " + row.meaning + "\n"
      }
      return "\n" + style.paint(section.title, .bold) + "\n" + rows.joined()
    }.joined()
  }

  func markdown() -> String {
    sections.map { section in
      var table = Table([.init("name"), .init("meaning")])
      for row in section.rows { table.add(["`\(row.name)`", row.meaning]) }
      return "\n## \(section.title)\n\n" + table.markdown()
    }.joined()
  }
}
