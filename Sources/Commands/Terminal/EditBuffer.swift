/// The text being edited: keys go in, what is to be done comes out. Knows no terminal.
struct EditBuffer: Sendable {
  /// What a key led to.
  enum Outcome: Sendable, Hashable {
    /// Text or cursor may have moved: draw again.
    case edited
    /// The key has no effect here: ring the bell.
    case refused
    /// The text is complete.
    case submitted(String)
    /// Ctrl-C: the text is given up.
    case interrupted(wasEmpty: Bool)
    /// Ctrl-D on an empty text.
    case left
    case clearScreen
    case suspend
  }

  /// A longer text is not edited: further input is refused.
  static let bytesMax = 1_048_576

  private(set) var beforeCursor = ""
  private(set) var afterCursor = ""
  private(set) var history: History
  private(set) var search: HistorySearch?
  private var killed = ""
  /// The history entry that is shown; nil: the text of one's own.
  private var recalled: Int?
  /// One's own text while a history entry is shown.
  private var draft = ""

  var text: String { beforeCursor + afterCursor }

  init(history: History = History()) {
    self.history = history
  }

  /// Starts over with `text`, the cursor at its end.
  mutating func begin(with text: String = "") {
    set(text)
    search = nil
    recalled = nil
    draft = ""
  }

  mutating func remember(_ entry: String) -> Bool { history.add(entry) }

  mutating func handle(_ key: Key) -> Outcome {
    if search != nil, let outcome = handleInSearch(key) { return outcome }
    switch key {
    case .text(let text), .paste(let text): return insert(text)
    case .tab: return insert("  ")
    case .lineBreak: return insert("\n")
    case .enter: return .submitted(text)
    case .backspace: return beforeCursor.popLast() == nil ? .refused : .edited
    case .deleteForward: return deleteForward()
    case .left: return move { $0.stepLeft() }
    case .right: return move { $0.stepRight() }
    case .home: return moveCursor(to: lineStart)
    case .end: return moveCursor(to: beforeCursor.count + afterCursor.prefix { $0 != "\n" }.count)
    case .wordLeft: return moveCursor(to: beforeCursor.count - wordLengthBack)
    case .wordRight: return moveCursor(to: beforeCursor.count + wordLengthForward)
    case .up: return up()
    case .down: return down()
    case .deleteWordBack: return killBack(spaceWordLengthBack)
    case .deleteWordForward: return killForward(wordLengthForward)
    case .killToStart: return killBack(beforeCursor.count - lineStart)
    case .killToEnd: return killToEnd()
    case .yank: return killed.isEmpty ? .refused : insert(killed)
    case .searchBack: return beginSearch()
    case .leaveSearch, .unknown: return .refused
    case .interrupt: return .interrupted(wasEmpty: text.isEmpty)
    case .endOfInput: return text.isEmpty ? .left : deleteForward()
    case .clearScreen: return .clearScreen
    case .suspend: return .suspend
    }
  }
}

// MARK: - Text and cursor

extension EditBuffer {
  private mutating func set(_ text: String) {
    beforeCursor = text
    afterCursor = ""
  }

  private mutating func insert(_ added: String) -> Outcome {
    guard beforeCursor.utf8.count + afterCursor.utf8.count + added.utf8.count <= Self.bytesMax else { return .refused }
    beforeCursor += added
    return .edited
  }

  private mutating func deleteForward() -> Outcome {
    guard !afterCursor.isEmpty else { return .refused }
    afterCursor.removeFirst()
    return .edited
  }

  private mutating func stepLeft() -> Bool {
    guard let character = beforeCursor.popLast() else { return false }
    afterCursor = String(character) + afterCursor
    return true
  }

  private mutating func stepRight() -> Bool {
    guard !afterCursor.isEmpty else { return false }
    beforeCursor.append(afterCursor.removeFirst())
    return true
  }

  private mutating func move(_ step: (inout Self) -> Bool) -> Outcome { step(&self) ? .edited : .refused }

  private mutating func moveCursor(to index: Int) -> Outcome {
    let text = text
    let place = text.index(text.startIndex, offsetBy: index)
    beforeCursor = String(text[..<place])
    afterCursor = String(text[place...])
    return .edited
  }

  /// Where the cursor's line starts, in characters.
  private var lineStart: Int {
    beforeCursor.lastIndex(of: "\n").map { beforeCursor.distance(from: beforeCursor.startIndex, to: $0) + 1 } ?? 0
  }

  private mutating func killBack(_ count: Int) -> Outcome {
    guard count > 0 else { return .refused }
    killed = String(beforeCursor.suffix(count))
    beforeCursor.removeLast(count)
    return .edited
  }

  private mutating func killForward(_ count: Int) -> Outcome {
    guard count > 0 else { return .refused }
    killed = String(afterCursor.prefix(count))
    afterCursor.removeFirst(count)
    return .edited
  }

  /// Kills the rest of the line; at its end, the line break.
  private mutating func killToEnd() -> Outcome {
    killForward(afterCursor.first == "\n" ? 1 : afterCursor.prefix { $0 != "\n" }.count)
  }

  private static func isWordPart(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
  }

  private static func wordLength(_ characters: some Sequence<Character>, isPart: (Character) -> Bool) -> Int {
    var length = 0
    var isInside = false
    for character in characters {
      if isPart(character) { isInside = true } else if isInside { break }
      length += 1
    }
    return length
  }

  private var wordLengthBack: Int { Self.wordLength(beforeCursor.reversed(), isPart: Self.isWordPart) }
  private var wordLengthForward: Int { Self.wordLength(afterCursor, isPart: Self.isWordPart) }
  /// Ctrl-W takes everything back to white space, as in a shell.
  private var spaceWordLengthBack: Int { Self.wordLength(beforeCursor.reversed()) { !$0.isWhitespace } }
}

// MARK: - Lines and history

extension EditBuffer {
  /// A line up within the text; from its first line, the entry before in the history.
  private mutating func up() -> Outcome {
    guard beforeCursor.contains("\n") else {
      guard let index = (recalled ?? history.entries.count).previous else { return .refused }
      return recall(index)
    }
    let column = beforeCursor.count - lineStart
    let above = beforeCursor.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    let start = lineStart - 1 - (above.last?.count ?? 0)
    return moveCursor(to: start + min(column, above.last?.count ?? 0))
  }

  private mutating func down() -> Outcome {
    guard let lineBreak = afterCursor.firstIndex(of: "\n") else {
      guard let recalled else { return .refused }
      return recall(recalled + 1)
    }
    let column = beforeCursor.count - lineStart
    let below = afterCursor[afterCursor.index(after: lineBreak)...].prefix { $0 != "\n" }
    let start = beforeCursor.count + afterCursor.distance(from: afterCursor.startIndex, to: lineBreak) + 1
    return moveCursor(to: start + min(column, below.count))
  }

  private mutating func recall(_ index: Int) -> Outcome {
    if recalled == nil { draft = text }
    if index < history.entries.count {
      recalled = index
      set(history.entries[index])
    } else {
      recalled = nil
      set(draft)
    }
    return .edited
  }
}

// MARK: - Search

extension EditBuffer {
  private mutating func beginSearch() -> Outcome {
    search = HistorySearch(original: text)
    return .edited
  }

  /// nil: the search is over, and the key is an ordinary one for the text that was found.
  private mutating func handleInSearch(_ key: Key) -> Outcome? {
    guard var search else { return nil }
    switch key {
    case .text(let added), .paste(let added): search.extend(by: added, in: history)
    case .backspace: search.shorten(in: history)
    case .searchBack: search.next(in: history)
    case .leaveSearch:
      self.search = nil
      set(search.original)
      return .edited
    case .interrupt, .enter, .lineBreak, .tab, .deleteForward, .left, .right, .up, .down, .home, .end, .wordLeft,
      .wordRight, .deleteWordBack, .deleteWordForward, .killToEnd, .killToStart, .yank, .endOfInput, .clearScreen,
      .suspend, .unknown:
      self.search = nil
      return nil
    }
    self.search = search
    if let found = search.found { set(history.entries[found]) }
    return search.failed ? .refused : .edited
  }
}

extension Int {
  /// One less, down to zero.
  fileprivate var previous: Int? { self > 0 ? self - 1 : nil }
}
