/// A prompt on a terminal, without the terminal: keys, log lines and new sizes go in, the bytes to write come out.
struct LineEditor: Sendable {
  /// What the person wants.
  enum Event: Sendable, Hashable {
    case submitted(String)
    case interrupted
    case left
    case suspend
  }

  struct Step: Sendable, Hashable {
    var output: String
    var event: Event?
  }

  private(set) var buffer: EditBuffer
  private var renderer = PromptRenderer()
  private var prompt: Prompt
  private var columns: Int
  private var rows: Int
  /// Whether a line is being read, and so the prompt belongs on the screen.
  private(set) var isReading = false

  init(prompt: Prompt, history: History, columns: Int, rows: Int) {
    self.prompt = prompt
    self.columns = columns
    self.rows = rows
    buffer = EditBuffer(history: history)
  }

  /// Shows the prompt with `text` to go on from: an unfinished statement grows where it stands.
  mutating func begin(with text: String = "") -> String {
    buffer.begin(with: text)
    isReading = true
    return (text.isEmpty ? "" : renderer.reopen()) + draw()
  }

  /// Takes the prompt off, keeps the text: `resume` brings both back.
  mutating func pause() -> String { renderer.erase() }

  mutating func resume() -> String { isReading ? draw() : "" }

  mutating func handle(_ key: Key) -> Step {
    switch buffer.handle(key) {
    case .edited: return Step(output: draw())
    case .refused: return Step(output: draw() + "\u{07}")
    case .submitted(let text): return end(.submitted(text), showing: "")
    case .interrupted(let wasEmpty):
      return end(.interrupted, showing: wasEmpty ? "^C (Ctrl-D leaves)\r\n" : "^C\r\n")
    case .left: return end(.left, showing: "")
    case .clearScreen:
      renderer.forget()
      return Step(output: "\u{1B}[H\u{1B}[2J" + draw())
    case .suspend: return Step(output: "", event: .suspend)
    }
  }

  /// Prints complete lines where the prompt is, and the prompt again below them. "\n" is enough: raw mode leaves the
  /// terminal's output processing on.
  mutating func print(_ text: String) -> String {
    guard !text.isEmpty else { return "" }
    let lines = text.hasSuffix("\n") ? text : text + "\n"
    return renderer.erase() + lines + (isReading ? draw() : "")
  }

  mutating func resize(columns: Int, rows: Int) -> String {
    self.columns = columns
    self.rows = rows
    guard renderer.isShown else { return "" }
    return renderer.eraseAfterResize(columns: columns) + draw()
  }

  /// Takes the prompt off for good.
  mutating func close() -> String {
    isReading = false
    return renderer.erase()
  }

  mutating func remember(_ entry: String) -> Bool { buffer.remember(entry) }

  private mutating func end(_ event: Event, showing note: String) -> Step {
    isReading = false
    return Step(output: renderer.draw(layout) + renderer.finish() + note, event: event)
  }

  private var layout: PromptLayout {
    var prompt = prompt
    if let search = buffer.search { prompt.first = Self.searchPrompt(search) }
    return PromptLayout(
      prompt: prompt, beforeCursor: buffer.beforeCursor, afterCursor: buffer.afterCursor, columns: columns
    ).window(height: rows)
  }

  private mutating func draw() -> String { renderer.draw(layout) }

  private static func searchPrompt(_ search: HistorySearch) -> Prompt.Part {
    let text = "(\(search.failed ? "not found" : "search") '\(search.pattern)') "
    return Prompt.Part(shown: text, width: DisplayWidth.of(text))
  }
}
