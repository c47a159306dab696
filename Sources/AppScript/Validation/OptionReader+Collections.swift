import AppModel

extension OptionReader {
  mutating func list(
    _ value: DraftValue, _ kind: OptionKind, _ element: OptionKind, _ count: ClosedRange<Int>, _ name: String
  ) -> CheckedValue? {
    guard case .table(let items, let fields) = value.content else {
      var fix: String?
      if case .text(let text) = value.content { fix = "write { \(DraftValue.quoted(text)) }" }
      return mismatch(value, kind, name, fix: fix)
    }
    if let field = fields.first {
      findings.error(
        "named-value", "\(name) is a list, and '\(field.key)' is a name in it", at: field.keyMark,
        fix: "write values alone: \(kind.example)")
      return nil
    }
    guard count.contains(items.count) else {
      findings.error(
        "list-length", "\(name) has \(items.count.of("value"))", at: value.mark,
        fix: items.isEmpty ? "leave '\(name)' out, or give at least one value" : "at most \(count.upperBound) are allowed")
      return nil
    }
    let checked = items.compactMap { check($0, as: element, name: name) }
    if case .text(.any) = element { return .list(checked) }
    return .list(withoutRepetitions(checked, name))
  }

  mutating func oneOrList(
    _ value: DraftValue, _ kind: OptionKind, _ element: OptionKind, _ count: ClosedRange<Int>, _ name: String
  ) -> CheckedValue? {
    switch value.content {
    case .table: list(value, kind, element, count, name)
    case .boolean, .integer, .number, .notFinite, .text, .function, .other:
      check(value, as: element, name: name).map { .list([$0]) }
    }
  }

  private mutating func withoutRepetitions(_ values: [Checked], _ name: String) -> [Checked] {
    var seen: Set<String> = []
    return values.filter { value in
      guard let text = value.text, !seen.insert(text).inserted else { return true }
      findings.warning(
        "duplicate-value", "\(name) names \(DraftValue.quoted(text)) twice", at: value.mark, fix: "leave one of them out")
      return false
    }
  }

  mutating func map(
    _ value: DraftValue, _ kind: OptionKind, _ rule: TextRule, _ element: OptionKind, _ countMax: Int, _ name: String
  ) -> CheckedValue? {
    guard case .table(let items, let fields) = value.content else { return mismatch(value, kind, name) }
    if let item = items.first {
      findings.error(
        "unnamed-value", "\(name): \(item.description) has no name", at: item.mark, fix: "write \(kind.example)")
      return nil
    }
    guard fields.count <= countMax else {
      findings.error(
        "list-length", "\(name) has \(fields.count.of("value"))", at: value.mark, fix: "at most \(countMax) are allowed")
      return nil
    }
    var checked: [(key: String, value: Checked)] = []
    for field in fields {
      let key = DraftValue(.text(field.key), at: field.keyMark)
      guard check(key, as: .text(rule), name: name) != nil else { continue }
      guard let value = check(field.value, as: element, name: "\(name).\(field.key)") else { continue }
      checked.append((field.key, value))
    }
    return .map(checked)
  }
}
