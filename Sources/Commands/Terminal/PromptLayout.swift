/// Where each part of prompt and text stands on a terminal of a given width. Pure.
struct PromptLayout: Sendable, Hashable {
  /// What each row shows, from the first.
  private(set) var rows: [String] = [""]
  /// Columns that each row takes.
  private(set) var widths: [Int] = [0]
  private(set) var cursorRow = 0
  private(set) var cursorColumn = 0

  private let columns: Int

  /// Lays out `prompt` and the text, which wraps at `columns`; a line break starts a row with `continuation`.
  init(prompt: Prompt, beforeCursor: String, afterCursor: String, columns: Int) {
    self.columns = max(columns, 4)
    place(prompt.first)
    place(beforeCursor, continuation: prompt.next)
    if widths[rows.count - 1] >= self.columns { startRow() }
    cursorRow = rows.count - 1
    cursorColumn = widths[cursorRow]
    place(afterCursor, continuation: prompt.next)
  }

  /// The part of at most `height` rows around the cursor.
  func window(height: Int) -> PromptLayout {
    guard rows.count > height, height > 0 else { return self }
    var window = self
    let first = min(max(0, cursorRow - height / 2), rows.count - height)
    window.rows = Array(rows[first..<first + height])
    window.widths = Array(widths[first..<first + height])
    window.cursorRow = cursorRow - first
    return window
  }

  private mutating func startRow() {
    rows.append("")
    widths.append(0)
  }

  private mutating func put(_ text: String, width: Int) {
    if widths[rows.count - 1] + width > columns { startRow() }
    rows[rows.count - 1] += text
    widths[rows.count - 1] += width
  }

  /// A prompt that would fill the row is left out: the text matters more.
  private mutating func place(_ prompt: Prompt.Part) {
    guard prompt.width < columns else { return }
    rows[rows.count - 1] += prompt.shown
    widths[rows.count - 1] += prompt.width
  }

  private mutating func place(_ text: String, continuation: Prompt.Part) {
    for character in text {
      if character.isNewline {
        startRow()
        place(continuation)
      } else {
        let shown = Self.shown(character)
        put(shown, width: DisplayWidth.of(shown))
      }
    }
  }

  /// Control characters that got into a text are shown as `^X`, so that the columns are known.
  private static func shown(_ character: Character) -> String {
    if character == "\t" { return "  " }
    guard let scalar = character.unicodeScalars.first, scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) else {
      return String(character)
    }
    return scalar.value < 0x20 ? "^\(UnicodeScalar(UInt8(scalar.value) + 0x40))" : "^?"
  }
}
