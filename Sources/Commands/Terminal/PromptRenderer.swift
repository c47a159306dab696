/// Draws the prompt rows in place, and takes them off again. Knows what is on the screen; answers with the bytes to write.
struct PromptRenderer: Sendable {
  /// What is drawn at this moment; nil: nothing, and the cursor stands at the start of a free row.
  private var drawn: PromptLayout?
  /// Rows that `finish` left right above the cursor; 0 once anything else was written.
  private var rowsAbove = 0

  init() {}

  var isShown: Bool { drawn != nil }

  mutating func draw(_ layout: PromptLayout) -> String {
    var output = erase()
    output += layout.rows.joined(separator: "\r\n")
    let up = layout.rows.count - 1 - layout.cursorRow
    if up > 0 { output += "\u{1B}[\(up)A" }
    output += "\r"
    if layout.cursorColumn > 0 { output += "\u{1B}[\(layout.cursorColumn)C" }
    drawn = layout
    return output
  }

  /// Takes the rows off; the cursor then stands where they began.
  mutating func erase() -> String {
    rowsAbove = 0
    guard let layout = drawn else { return "" }
    drawn = nil
    return Self.clear(from: layout.cursorRow)
  }

  /// The terminal is `columns` wide now and has wrapped the rows anew, as terminals do.
  mutating func eraseAfterResize(columns: Int) -> String {
    guard let layout = drawn else { return "" }
    drawn = nil
    let columns = max(columns, 1)
    let rowsAbove = layout.widths[..<layout.cursorRow].reduce(0) { $0 + max(1, ($1 + columns - 1) / columns) }
    return Self.clear(from: rowsAbove + layout.cursorColumn / columns)
  }

  /// Leaves the rows where they are and goes on below them.
  mutating func finish() -> String {
    guard let layout = drawn else { return "" }
    drawn = nil
    rowsAbove = layout.rows.count
    let down = layout.rows.count - 1 - layout.cursorRow
    return (down > 0 ? "\u{1B}[\(down)B" : "") + "\r\n"
  }

  /// Takes off the rows that were just finished, to go on with their text in the same place. Nothing happens when
  /// something was written below them meanwhile.
  mutating func reopen() -> String {
    defer { rowsAbove = 0 }
    return rowsAbove > 0 ? Self.clear(from: rowsAbove) : ""
  }

  /// The screen was cleared by someone else.
  mutating func forget() {
    drawn = nil
    rowsAbove = 0
  }

  private static func clear(from row: Int) -> String {
    (row > 0 ? "\u{1B}[\(row)A" : "") + "\r\u{1B}[J"
  }
}
