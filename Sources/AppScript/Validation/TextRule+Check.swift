public import AppModel

extension TextRule {
  /// What is wrong with a text that is to keep the rule; nil where nothing is. `name` names the text in the message.
  public func problem(with text: String, name: String) -> Diagnostic? {
    TextProblem(text, self).map { Diagnostic(.error, $0.code, "\(name): \($0.message)", fix: $0.fix) }
  }
}
