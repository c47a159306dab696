import Testing

@testable import Commands

@Suite struct LineEditorTests {
  private func editor(columns: Int = 20, rows: Int = 10, history: [String] = []) -> LineEditor {
    LineEditor(prompt: Prompt("> ", next: "| "), history: History(history), columns: columns, rows: rows)
  }

  @Test func thePromptIsDrawnWithTheCursorBehindTheText() {
    var editor = editor()
    let step1 = editor.begin()
    #expect(step1 == "> \r\u{1B}[2C")
    let step2 = editor.handle(.text("ab"))
    #expect(step2.output == "\r\u{1B}[J> ab\r\u{1B}[4C")
    let step3 = editor.handle(.left)
    #expect(step3.output == "\r\u{1B}[J> ab\r\u{1B}[3C")
    let step4 = editor.handle(.enter)
    #expect(step4 == .init(output: "\r\u{1B}[J> ab\r\u{1B}[3C\r\n", event: .submitted("ab")))
  }

  @Test func linesArePrintedAboveThePrompt() {
    var editor = editor()
    _ = editor.begin(with: "ab")
    let step5 = editor.print("one\ntwo")
    #expect(step5 == "\r\u{1B}[Jone\ntwo\n> ab\r\u{1B}[4C")
    _ = editor.handle(.enter)
    let step6 = editor.print("three\n")
    #expect(step6 == "three\n")
  }

  @Test func severalRowsAreErasedFromTheFirst() {
    var editor = editor()
    let step7 = editor.begin(with: "if a\nb")
    #expect(step7 == "> if a\r\n| b\r\u{1B}[3C")
    let step8 = editor.print("log")
    #expect(step8 == "\u{1B}[1A\r\u{1B}[Jlog\n> if a\r\n| b\r\u{1B}[3C")
    _ = editor.handle(.up)
    let step9 = editor.print("log")
    #expect(step9 == "\r\u{1B}[Jlog\n> if a\r\n| b\u{1B}[1A\r\u{1B}[3C")
  }

  @Test func anEnteredTextStaysWholeWhereverTheCursorIs() {
    var editor = editor()
    _ = editor.begin(with: "a\nb")
    _ = editor.handle(.up)
    let step = editor.handle(.enter)
    #expect(step == .init(output: "\r\u{1B}[J> a\r\n| b\u{1B}[1A\r\u{1B}[3C\u{1B}[1B\r\n", event: .submitted("a\nb")))
  }

  @Test func anUnfinishedStatementGrowsWhereItStands() {
    var editor = editor()
    _ = editor.begin(with: "do")
    _ = editor.handle(.enter)
    let grown = editor.begin(with: "do\n")
    #expect(grown == "\u{1B}[1A\r\u{1B}[J> do\r\n| \r\u{1B}[2C")
    _ = editor.handle(.enter)
    _ = editor.print("log")
    let below = editor.begin(with: "do\n\n")
    #expect(below == "> do\r\n| \r\n| \r\u{1B}[2C")
  }

  @Test func aLongTextWrapsAndItsEndHasARowOfItsOwn() {
    var editor = editor(columns: 6)
    let step10 = editor.begin(with: "abcd")
    #expect(step10 == "> abcd\r\n\r")
    let step11 = editor.handle(.text("e"))
    #expect(step11.output == "\u{1B}[1A\r\u{1B}[J> abcd\r\ne\r\u{1B}[1C")
  }

  @Test func aWideCharacterIsNotCutInHalf() {
    let layout = PromptLayout(prompt: Prompt("> ", next: ""), beforeCursor: "a日本", afterCursor: "", columns: 6)
    #expect(layout.rows == ["> a日", "本"])
    #expect(layout.widths == [5, 2])
    #expect(layout.cursorColumn == 2)
  }

  @Test func aNarrowerTerminalHasWrappedTheRowsAnew() {
    var editor = editor(columns: 20)
    _ = editor.begin(with: "abcdefghij")
    let step12 = editor.resize(columns: 10, rows: 10)
    #expect(step12 == "\u{1B}[1A\r\u{1B}[J> abcdefgh\r\nij\r\u{1B}[2C")
  }

  @Test func moreRowsThanTheTerminalHasShowThePartAroundTheCursor() {
    var editor = editor(rows: 2)
    let step13 = editor.begin(with: "a\nb\nc\nd")
    #expect(step13 == "| c\r\n| d\r\u{1B}[3C")
  }

  @Test func ctrlCGivesTheLineUp() {
    var editor = editor()
    _ = editor.begin(with: "ab")
    let step14 = editor.handle(.interrupt)
    #expect(step14 == .init(output: "\r\u{1B}[J> ab\r\u{1B}[4C\r\n^C\r\n", event: .interrupted))
    _ = editor.begin()
    let step15 = editor.handle(.interrupt)
    #expect(step15.output.hasSuffix("^C (Ctrl-D leaves)\r\n"))
  }

  @Test func aSearchShowsItsPattern() {
    var editor = editor(columns: 40, history: ["call(1)"])
    _ = editor.begin()
    _ = editor.handle(.searchBack)
    let step16 = editor.handle(.text("ca"))
    #expect(step16.output == "\r\u{1B}[J(search 'ca') call(1)\r\u{1B}[21C")
    let step17 = editor.handle(.text("x"))
    #expect(step17.output.contains("(not found 'cax') call(1)"))
    let step18 = editor.handle(.text("x"))
    #expect(step18.output.hasSuffix("\u{07}"))
  }

  @Test(arguments: [
    ("a", 1), ("é", 1), ("日", 2), ("👍", 2), ("👩‍👩‍👧", 2), ("❤️", 2), ("e\u{301}", 1), ("\u{200B}", 0), ("ｱ", 1), ("🇩🇪", 2),
  ])
  func charactersTakeTheirColumns(text: String, width: Int) {
    #expect(DisplayWidth.of(text) == width)
  }
}
