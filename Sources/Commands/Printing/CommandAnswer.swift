/// What a command found out, before anyone decided how to print it. Its JSON is its `Encodable` form.
protocol CommandAnswer: Encodable, Sendable {
  /// For standard output; ends in a line break unless empty.
  func text(_ style: Style) -> String
  /// For standard error, beside the text: what is wrong and how to mend it. Part of the JSON all the same.
  func problems(_ style: Style) -> String
  func markdown() -> String
}

extension CommandAnswer {
  func problems(_ style: Style) -> String { "" }
  func markdown() -> String { text(.plain) }
}
