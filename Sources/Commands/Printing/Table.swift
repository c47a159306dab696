/// Aligned columns of text.
public struct Table: Sendable {
  public enum Alignment: Sendable, Hashable {
    case left
    case right
  }

  public struct Column: Sendable, Hashable {
    public var title: String
    public var alignment: Alignment

    public init(_ title: String, _ alignment: Alignment = .left) {
      self.title = title
      self.alignment = alignment
    }
  }

  private let columns: [Column]
  private var rows: [[String]] = []

  public init(_ columns: [Column]) { self.columns = columns }

  /// Adds a row; missing cells are empty, further ones are left out.
  public mutating func add(_ cells: [String]) {
    rows.append((0..<columns.count).map { $0 < cells.count ? PlainText.escaped(cells[$0]) : "" })
  }

  /// The table with its head, a line break at the end of every row. No columns: nothing.
  public func render(_ style: Style = .plain) -> String {
    guard !columns.isEmpty else { return "" }
    let widths = columns.indices.map { index in
      rows.reduce(DisplayWidth.of(columns[index].title)) { max($0, DisplayWidth.of($1[index])) }
    }
    let head = line(columns.map(\.title), widths).trimmed
    return style.paint(head, .bold) + "\n" + rows.map { line($0, widths).trimmed + "\n" }.joined()
  }

  /// The table as Markdown.
  public func markdown() -> String {
    let rule = columns.map { $0.alignment == .right ? "---:" : "---" }
    return ([columns.map(\.title), rule] + rows).map { row in
      "| " + row.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
    }.joined()
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    zip(zip(cells, widths), columns).map { cell, column in
      let padding = String(repeating: " ", count: cell.1 - DisplayWidth.of(cell.0))
      return column.alignment == .left ? cell.0 + padding : padding + cell.0
    }.joined(separator: "  ")
  }
}

extension String {
  /// Without spaces at the end.
  fileprivate var trimmed: String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
