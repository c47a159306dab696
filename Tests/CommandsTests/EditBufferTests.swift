import Testing

@testable import Commands

/// Shows a buffer as its text with `|` at the cursor.
private func shown(_ buffer: EditBuffer) -> String { buffer.beforeCursor + "|" + buffer.afterCursor }

private func buffer(_ text: String, history: [String] = []) -> EditBuffer {
  var buffer = EditBuffer(history: History(history))
  let parts = text.split(separator: "|", omittingEmptySubsequences: false)
  buffer.begin(with: parts.joined())
  for _ in 0..<(parts.last?.count ?? 0) where parts.count > 1 { _ = buffer.handle(.left) }
  return buffer
}

@Suite struct EditBufferTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var before: String
    var keys: [Key]
    var after: String
    var testDescription: String { "\(before) \(keys)" }

    init(_ before: String, _ keys: [Key], _ after: String) {
      self.before = before
      self.keys = keys
      self.after = after
    }
  }

  @Test(arguments: [
    Case("|", [.text("a"), .text("b")], "ab|"),
    Case("ab|", [.left, .text("x")], "ax|b"),
    Case("ab|", [.left, .left, .left], "|ab"),
    Case("|ab", [.right, .right, .right], "ab|"),
    Case("a|b", [.home], "|ab"),
    Case("a|b", [.end], "ab|"),
    Case("ab|", [.backspace], "a|"),
    Case("|ab", [.backspace], "|ab"),
    Case("a|b", [.deleteForward], "a|"),
    Case("a|b", [.endOfInput], "a|"),
    Case("one two|", [.wordLeft], "one |two"),
    Case("one  |two", [.wordLeft], "|one  two"),
    Case("|one two", [.wordRight], "one| two"),
    Case("a.b_c|", [.wordLeft], "a.|b_c"),
    Case("call(x.y z|", [.deleteWordBack], "call(x.y |"),
    Case("one two  |", [.deleteWordBack, .yank, .yank], "one two  two  |"),
    Case("|one two", [.deleteWordForward], "| two"),
    Case("ab|cd", [.killToEnd], "ab|"),
    Case("ab|cd", [.killToStart], "|cd"),
    Case("ab|cd", [.killToStart, .end, .yank], "cdab|"),
    Case("|", [.tab], "  |"),
  ])
  func oneLineIsEdited(_ example: Case) {
    var buffer = buffer(example.before)
    for key in example.keys { _ = buffer.handle(key) }
    #expect(shown(buffer) == example.after)
  }

  @Test(arguments: [
    Case("ab\ncd|", [.home], "ab\n|cd"),
    Case("a|b\ncd", [.end], "ab|\ncd"),
    Case("ab\ncd|", [.up], "ab|\ncd"),
    Case("abcd\nx\nabcd|", [.up], "abcd\nx|\nabcd"),
    Case("a|b\ncd", [.down], "ab\nc|d"),
    Case("abc|\nx", [.down], "abc\nx|"),
    Case("ab\nc|d", [.killToStart], "ab\n|d"),
    Case("a|b\ncd", [.killToEnd], "a|\ncd"),
    Case("a|\ncd", [.killToEnd], "a|cd"),
    Case("\n\n|", [.up, .up], "|\n\n"),
    Case("x|", [.lineBreak, .text("y")], "x\ny|"),
    Case("|z", [.paste("if a\nend")], "if a\nend|z"),
  ])
  func severalLinesAreEdited(_ example: Case) {
    var buffer = buffer(example.before)
    for key in example.keys { _ = buffer.handle(key) }
    #expect(shown(buffer) == example.after)
  }

  @Test(arguments: [
    Case("é|", [.backspace], "|"),
    Case("e|", [.text("\u{301}"), .left], "|é"),
    Case("👩‍👩‍👧|", [.left, .text("a")], "a|👩‍👩‍👧"),
    Case("日本|語", [.backspace], "日|語"),
  ])
  func aCharacterIsWhatAPersonSees(_ example: Case) {
    var buffer = buffer(example.before)
    for key in example.keys { _ = buffer.handle(key) }
    #expect(shown(buffer) == example.after)
  }

  @Test(arguments: [
    Case("own|", [.up], "new|"),
    Case("own|", [.up, .up], "old|"),
    Case("own|", [.up, .up, .up], "old|"),
    Case("own|", [.up, .up, .down], "new|"),
    Case("own|", [.up, .down], "own|"),
    Case("own|", [.down], "own|"),
    Case("|", [.searchBack, .text("l")], "old|"),
    Case("|", [.searchBack, .text("n"), .left], "ne|w"),
    Case("own|", [.searchBack, .text("n"), .leaveSearch], "own|"),
    Case("own|", [.searchBack, .text("zz"), .leaveSearch], "own|"),
    Case("|", [.searchBack, .text("e"), .searchBack], "new|"),
    Case("|", [.searchBack, .text("ol"), .backspace, .backspace, .text("w")], "new|"),
  ])
  func historyIsRecalledAndSearched(_ example: Case) {
    var buffer = buffer(example.before, history: ["old", "new"])
    for key in example.keys { _ = buffer.handle(key) }
    #expect(shown(buffer) == example.after)
  }

  @Test func keysThatEndALineSaySo() {
    var buffer = buffer("a|b")
    let outcomes = [buffer.handle(.enter), buffer.handle(.interrupt)]
    #expect(outcomes == [.submitted("ab"), .interrupted(wasEmpty: false)])
    buffer.begin()
    let onEmpty = [buffer.handle(.interrupt), buffer.handle(.endOfInput)]
    #expect(onEmpty == [.interrupted(wasEmpty: true), .left])
  }

  @Test func aTextThatIsTooLongIsRefused() {
    var buffer = EditBuffer()
    let paste = Key.paste(String(repeating: "x", count: EditBuffer.bytesMax))
    let outcomes = [buffer.handle(paste), buffer.handle(.text("y"))]
    #expect(outcomes == [.edited, .refused])
  }

  @Test func historyIsBoundedAndHasNoDoubles() {
    var history = History((0..<1500).map { "line \($0)" })
    #expect(history.entries.count == History.entriesMax)
    #expect(history.entries.last == "line 1499")
    let areAdded = [history.add("line 1499"), history.add("  "), history.add("new")]
    #expect(areAdded == [false, false, true])
  }
}
