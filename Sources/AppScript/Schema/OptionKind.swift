public import AppModel

/// What an option holds. The validator, the reference page and editor files all read it.
public indirect enum OptionKind: Sendable, Hashable {
  case boolean
  case text(TextRule)
  case integer(ClosedRange<Int>)
  case number(ClosedRange<Double>)
  /// `"90s"`, or a number of seconds.
  case duration(ClosedRange<Duration>)
  /// `"64GB"`.
  case size(ClosedRange<ByteCount>)
  case choice([String])
  case list(OptionKind, count: ClosedRange<Int>)
  /// One value, or a list of them.
  case oneOrList(OptionKind, count: ClosedRange<Int>)
  case map(key: TextRule, value: OptionKind, countMax: Int)
  case table([OptionSpec])
  /// A number of retries, or `{ retries = N }`.
  case retries(ClosedRange<Int>)
  /// A number of runners (`"1"` or 1), or a percentage (`"10%"`).
  case step
  /// Anything that JSON can say.
  case json
  case function(parameters: String)
}

extension OptionKind {
  /// As the reference page names it: `duration`, `list of text`.
  public var name: String {
    switch self {
    case .boolean: "true or false"
    case .text(.machineType): "machine type"
    case .text(.bundlePattern), .text(.ignorePattern): "pattern"
    case .text(.mount), .text(.urlPath): "path"
    case .text(.address): "address"
    case .text: "text"
    case .integer: "integer"
    case .number: "number"
    case .duration: "duration"
    case .size: "size"
    case .choice(let names): names.joined(separator: " | ")
    case .list(let element, _): "list of \(element.name)"
    case .oneOrList(let element, _): "\(element.name), or a list"
    case .map(_, let value, _): "table of name = \(value.name)"
    case .table: "table"
    case .retries: "integer"
    case .step: "runners or percentage"
    case .json: "value"
    case .function(let parameters): "function(\(parameters))"
    }
  }

  /// What a message says was expected: `a duration such as "90s"`.
  public var expectation: String {
    switch self {
    case .boolean: "true or false"
    case .text(.machineType): "the name of a machine type such as \"M\""
    case .text(.address): "an address such as \"\(ListenAddress.standard)\""
    case .text: "text"
    case .integer: "a whole number"
    case .number: "a number"
    case .duration: "a duration such as \"90s\""
    case .size: "a size such as \"64GB\""
    case .choice(let names): names.map { "\"\($0)\"" }.joined(separator: ", ").replacingLastComma(with: " or")
    case .list(let element, _): "a list such as { \(element.example), … }"
    case .oneOrList(let element, _): "\(element.expectation), or a list of them"
    case .map(_, let value, _): "a table such as { NAME = \(value.example) }"
    case .table(let fields): "a table such as { \(fields.first.map { "\($0.name) = \($0.kind.example)" } ?? "") }"
    case .retries: "a number of retries such as 3"
    case .step: "a number of runners such as \"1\", or a percentage such as \"10%\""
    case .json: "a value that JSON can hold"
    case .function(let parameters): "function(\(parameters)) … end"
    }
  }

  /// A value that is right, as Lua source.
  public var example: String {
    switch self {
    case .boolean: "true"
    case .text(let rule): "\"\(rule.example)\""
    case .integer(let range): "\(max(range.lowerBound, 1))"
    case .number: "1"
    case .duration: "\"90s\""
    case .size: "\"64GB\""
    case .choice(let names): "\"\(names.first ?? "")\""
    case .list(let element, _): "{ \(element.example) }"
    case .oneOrList(let element, _): element.example
    case .map(_, let value, _): "{ NAME = \(value.example) }"
    case .table(let fields): "{ \(fields.first.map { "\($0.name) = \($0.kind.example)" } ?? "") }"
    case .retries: "3"
    case .step: "\"10%\""
    case .json: "{ text = \"moon\" }"
    case .function(let parameters): "function(\(parameters)) … end"
    }
  }

  /// The range that is allowed, for the reference page and for fixes; nil where any value will do.
  public var range: String? {
    switch self {
    case .integer(let range), .retries(let range): "\(range.lowerBound) to \(range.upperBound)"
    case .number(let range): "\(range.lowerBound.plain) to \(range.upperBound.plain)"
    case .duration(let range): "\(range.lowerBound.text) to \(range.upperBound.text)"
    case .size(let range): "\(range.lowerBound.text) to \(range.upperBound.text)"
    case .list(let element, _), .oneOrList(let element, _): element.range
    case .boolean, .text, .choice, .map, .table, .step, .json, .function: nil
    }
  }
}

extension TextRule {
  /// A value that keeps the rule.
  public var example: String {
    switch self {
    case .any: "text"
    case .name: "words"
    case .variable: "API_KEY"
    case .variableValue: "value"
    case .urlPath: "/health"
    case .bundlePattern: "data/**"
    case .ignorePattern: "*.tmp"
    case .mount: "/data"
    case .machineType: "M"
    case .header: "x-session"
    case .owner: "ada"
    case .label: "local"
    case .address: "\(ListenAddress.standard)"
    }
  }
}
