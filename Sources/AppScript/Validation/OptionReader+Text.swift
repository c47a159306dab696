import AppModel

extension OptionReader {
  /// Longer texts are refused, whatever they are for.
  static let textMax = 4096

  mutating func text(_ value: DraftValue, _ rule: TextRule, _ name: String) -> CheckedValue? {
    let text: String
    switch value.content {
    case .text(let given): text = given
    case .integer(let number) where rule == .variableValue: text = "\(number)"
    case .number(let number) where rule == .variableValue: text = number.plain
    case .boolean, .integer, .number, .notFinite, .table, .function, .other:
      return mismatch(value, .text(rule), name)
    }
    guard let problem = TextProblem(text, rule) else { return .text(text) }
    findings.error(problem.code, "\(name): \(problem.message)", at: value.mark, fix: problem.fix)
    return nil
  }
}
