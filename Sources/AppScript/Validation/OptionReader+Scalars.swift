import AppModel

extension OptionReader {
  mutating func boolean(_ value: DraftValue, _ kind: OptionKind, _ name: String) -> CheckedValue? {
    guard case .boolean(let flag) = value.content else {
      if case .text(let text) = value.content, ["true", "false"].contains(text) {
        return mismatch(value, kind, name, fix: "write \(text) without quotes")
      }
      return mismatch(value, kind, name)
    }
    return .boolean(flag)
  }

  mutating func integer(
    _ value: DraftValue, _ kind: OptionKind, _ range: ClosedRange<Int>, _ name: String
  ) -> CheckedValue? {
    switch value.content {
    case .integer(let number):
      guard let number = Int(exactly: number), range.contains(number) else { return outOfRange(value, kind, name) }
      return .integer(number)
    case .number(let number):
      guard let whole = Int(exactly: number) else {
        return number.magnitude < 1e15 ? mismatch(value, kind, name) : outOfRange(value, kind, name)
      }
      guard range.contains(whole) else { return outOfRange(value, kind, name) }
      return .integer(whole)
    case .text(let text):
      return mismatch(value, kind, name, fix: Int(text).map { "write \($0) without quotes" })
    case .boolean, .notFinite, .table, .function, .other:
      return mismatch(value, kind, name)
    }
  }

  mutating func retries(
    _ value: DraftValue, _ kind: OptionKind, _ range: ClosedRange<Int>, _ name: String
  ) -> CheckedValue? {
    guard case .table = value.content else { return integer(value, kind, range, name) }
    let spec = OptionSpec("retries", .integer(range), required: true, "How often it is tried again.")
    return read(value, as: [spec], of: "'\(name)'")["retries"]?.value
  }

  mutating func number(
    _ value: DraftValue, _ kind: OptionKind, _ range: ClosedRange<Double>, _ name: String
  ) -> CheckedValue? {
    let number: Double
    switch value.content {
    case .integer(let whole): number = Double(whole)
    case .number(let double): number = double
    case .text(let text): return mismatch(value, kind, name, fix: Double(text).map { "write \($0.plain) without quotes" })
    case .boolean, .notFinite, .table, .function, .other: return mismatch(value, kind, name)
    }
    return range.contains(number) ? .number(number) : outOfRange(value, kind, name)
  }

  mutating func duration(
    _ value: DraftValue, _ kind: OptionKind, _ range: ClosedRange<Duration>, _ name: String
  ) -> CheckedValue? {
    let duration: Duration?
    switch value.content {
    case .integer(let seconds): duration = Duration(seconds: Double(seconds))
    case .number(let seconds): duration = Duration(seconds: seconds)
    case .text(let text):
      guard let parsed = Duration(text: text) else { return badDuration(value, text, name) }
      duration = parsed
    case .boolean, .notFinite, .table, .function, .other: return mismatch(value, kind, name)
    }
    guard let duration, range.contains(duration) else { return outOfRange(value, kind, name) }
    return .duration(duration)
  }

  private mutating func badDuration(_ value: DraftValue, _ text: String, _ name: String) -> CheckedValue? {
    let fix: String
    if text.hasPrefix("-") {
      fix = "a duration cannot be negative"
    } else if !text.isEmpty, text.allSatisfy({ $0.isASCII && $0.isNumber }) {
      fix = "add a unit, as in \"\(text)s\", or write \(text) without quotes for seconds"
    } else {
      fix = "write a number and a unit: \"500ms\", \"90s\", \"5m\", \"2h\", \"1d\""
    }
    findings.error("bad-duration", "\(name): \(DraftValue.quoted(text)) is not a duration", at: value.mark, fix: fix)
    return nil
  }

  mutating func size(
    _ value: DraftValue, _ kind: OptionKind, _ range: ClosedRange<ByteCount>, _ name: String
  ) -> CheckedValue? {
    guard case .text(let text) = value.content else {
      var fix: String?
      if case .integer(let number) = value.content, number > 0 { fix = "say which unit: \"\(number)GB\" or \"\(number)MB\"" }
      return mismatch(value, kind, name, fix: fix)
    }
    guard let size = ByteCount(text: text) else {
      findings.error(
        "bad-size", "\(name): \(DraftValue.quoted(text)) is not a size", at: value.mark,
        fix: "write a number and a unit: \"512MB\", \"64GB\", \"1TB\"")
      return nil
    }
    return range.contains(size) ? .size(size) : outOfRange(value, kind, name)
  }

  mutating func choice(_ value: DraftValue, _ kind: OptionKind, _ names: [String], _ name: String) -> CheckedValue? {
    guard case .text(let text) = value.content else { return mismatch(value, kind, name) }
    guard names.contains(text) else {
      let near = Suggestion.nearest(to: text, among: names)
      findings.error(
        "unknown-value", "\(name) cannot be \(DraftValue.quoted(text))", at: value.mark,
        fix: Suggestion.fix(near) ?? "it can be \(kind.expectation)")
      return nil
    }
    return .text(text)
  }

  mutating func step(_ value: DraftValue, _ kind: OptionKind, _ name: String) -> CheckedValue? {
    let text: String
    switch value.content {
    case .integer(let count): text = "\(count)"
    case .text(let given): text = given
    case .boolean, .number, .notFinite, .table, .function, .other: return mismatch(value, kind, name)
    }
    if text.hasSuffix("%"), let percent = Double(text.dropLast()), percent.isFinite {
      guard percent > 0, percent <= 100 else { return stepOutOfRange(value, name) }
      return .step(.percent(percent))
    }
    guard let count = Int(text) else { return mismatch(value, kind, name) }
    guard (1...10_000).contains(count) else { return stepOutOfRange(value, name) }
    return .step(.runners(count))
  }

  private mutating func stepOutOfRange(_ value: DraftValue, _ name: String) -> CheckedValue? {
    findings.error(
      "out-of-range", "\(name) cannot have the step \(value.bareDescription)", at: value.mark,
      fix: "a step is 1 to 10000 runners, or more than 0% and up to 100%")
    return nil
  }
}
