import AppModel

/// Checks a table of a script against its part of the schema, and keeps what is right.
struct OptionReader {
  var findings = Findings()

  /// `owner` names the table in messages: `an app`, `the health check`.
  mutating func read(_ value: DraftValue, as specs: [OptionSpec], of owner: String) -> CheckedOptions {
    var options = CheckedOptions(mark: value.mark)
    guard case .table(let items, let fields) = value.content else {
      findings.error("wrong-type", "\(owner) takes a table of options, got \(value.description)", at: value.mark)
      return options
    }
    if let item = items.first {
      findings.error(
        "unnamed-value", "\(item.description) has no name, and \(owner) has named options only", at: item.mark,
        fix: unnamedFix(item, specs))
    }
    for field in fields {
      guard let spec = specs.first(where: { $0.name == field.key }) else {
        unknown(field, among: specs, of: owner)
        continue
      }
      options.given[spec.name] = field.keyMark
      options[spec.name] = check(field.value, as: spec.kind, name: spec.name)
    }
    for spec in specs where spec.isRequired && options.given[spec.name] == nil {
      findings.error(
        "missing-option", "\(owner) needs '\(spec.name)': \(spec.doc.lowercasedFirst.withoutFullStop)", at: value.mark,
        fix: "add \(spec.name) = \(spec.kind.example)")
    }
    return options
  }

  private func unnamedFix(_ item: DraftValue, _ specs: [OptionSpec]) -> String? {
    if case .text(let text) = item.content, let spec = specs.first(where: { $0.name == text }) {
      return "write \(spec.name) = \(spec.kind.example)"
    }
    return specs.first.map { "write name = value, as in \($0.name) = \($0.kind.example)" }
  }

  private mutating func unknown(_ field: DraftField, among specs: [OptionSpec], of owner: String) {
    let isApp = specs.count == Schema.app.count
    if isApp, let reason = Schema.foreign[field.key] {
      findings.error("foreign-option", "'\(field.key)' is an option of fal that has no use here", at: field.keyMark, fix: reason)
      return
    }
    if isApp, ["name", "app_name"].contains(field.key) {
      findings.error("unknown-option", "the name of an app is not an option", at: field.keyMark, fix: "write app \"name\" { … }")
      return
    }
    let fix: String?
    if let synonym = specs.first(where: { $0.otherNames.contains(field.key) }) {
      fix = "it is called '\(synonym.name)' here"
    } else if let near = Suggestion.nearest(to: field.key, among: specs.lazy.map(\.name)) {
      fix = Suggestion.fix(near)
    } else if isApp, let hook = Schema.hook(field.key) {
      fix = "hooks are statements: function app.\(hook.name)(\(hook.parameters)) … end"
    } else {
      fix = isApp ? "`apolune reference` lists all options" : "it knows \(specs.map(\.name).joined(separator: ", "))"
    }
    findings.error("unknown-option", "'\(field.key)' is not an option of \(owner)", at: field.keyMark, fix: fix)
  }

  /// nil where the value is wrong, which has been reported.
  mutating func check(_ value: DraftValue, as kind: OptionKind, name: String) -> Checked? {
    if case .notFinite = value.content {
      findings.error("not-finite", "\(name): expected \(kind.expectation), got \(value.description)", at: value.mark)
      return nil
    }
    let checked: CheckedValue?
    switch kind {
    case .boolean: checked = boolean(value, kind, name)
    case .text(let rule): checked = text(value, rule, name)
    case .integer(let range): checked = integer(value, kind, range, name)
    case .retries(let range): checked = retries(value, kind, range, name)
    case .number(let range): checked = number(value, kind, range, name)
    case .duration(let range): checked = duration(value, kind, range, name)
    case .size(let range): checked = size(value, kind, range, name)
    case .choice(let names): checked = choice(value, kind, names, name)
    case .list(let element, let count): checked = list(value, kind, element, count, name)
    case .oneOrList(let element, let count): checked = oneOrList(value, kind, element, count, name)
    case .map(let rule, let element, let countMax): checked = map(value, kind, rule, element, countMax, name)
    case .table(let specs):
      guard case .table = value.content else { return mismatch(value, kind, name) }
      checked = .table(read(value, as: specs, of: "'\(name)'"))
    case .step: checked = step(value, kind, name)
    case .json: checked = json(value, kind, name)
    case .function:
      guard case .function = value.content else { return mismatch(value, kind, name) }
      checked = .function
    }
    return checked.map { Checked($0, at: value.mark) }
  }

  /// Reports a value of the wrong type; the answer is always nil, so that a caller can return it.
  mutating func mismatch<Value>(_ value: DraftValue, _ kind: OptionKind, _ name: String, fix: String? = nil) -> Value? {
    findings.error("wrong-type", "\(name): expected \(kind.expectation), got \(value.description)", at: value.mark, fix: fix)
    return nil
  }

  mutating func outOfRange<Value>(_ value: DraftValue, _ kind: OptionKind, _ name: String) -> Value? {
    findings.error(
      "out-of-range", "\(name) cannot be \(value.bareDescription)", at: value.mark,
      fix: kind.range.map { "it can be \($0)" })
    return nil
  }
}

extension DraftValue {
  /// A text without the words that say that it is one.
  var bareDescription: String {
    if case .text(let text) = content { Self.quoted(text) } else { description }
  }
}

extension String {
  var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
  var withoutFullStop: String { hasSuffix(".") ? String(dropLast()) : self }
}
