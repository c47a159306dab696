/// One thing that a person did at the keyboard, whatever bytes their terminal sends for it.
enum Key: Sendable, Hashable {
  /// Printable text as typed.
  case text(String)
  /// Text that came in as one block; may hold line breaks.
  case paste(String)
  case enter
  /// A line break within the text: Alt-Enter.
  case lineBreak
  case tab
  case backspace
  case deleteForward
  case left
  case right
  case up
  case down
  case home
  case end
  case wordLeft
  case wordRight
  case deleteWordBack
  case deleteWordForward
  case killToEnd
  case killToStart
  case yank
  case searchBack
  /// Ends a search and brings the text back: Ctrl-G, Esc.
  case leaveSearch
  /// Ctrl-C.
  case interrupt
  /// Ctrl-D.
  case endOfInput
  case clearScreen
  /// Ctrl-Z.
  case suspend
  /// A key without a meaning here.
  case unknown
}
