import AppModel

@testable public import AppScript

/// Drafts are written as literals in tests: `["keep_alive": "60s", "machine_type": list("S", "M")]`.
extension DraftValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByDictionaryLiteral
{
  static let nowhere = SourceMark(SourcePosition(file: "app.lua", line: 1, column: 1), length: 1)

  public init(stringLiteral value: String) { self.init(.text(value), at: Self.nowhere) }
  public init(integerLiteral value: Int64) { self.init(.integer(value), at: Self.nowhere) }
  public init(floatLiteral value: Double) {
    self.init(value.isFinite ? .number(value) : .notFinite("\(value)"), at: Self.nowhere)
  }
  public init(booleanLiteral value: Bool) { self.init(.boolean(value), at: Self.nowhere) }
  public init(dictionaryLiteral elements: (String, DraftValue)...) {
    let fields = elements.map { DraftField(key: $0.0, keyMark: Self.nowhere, value: $0.1) }
    self.init(.table(items: [], fields: fields), at: Self.nowhere)
  }
}

func list(_ items: DraftValue...) -> DraftValue { DraftValue(.table(items: items, fields: []), at: DraftValue.nowhere) }
func lua(_ content: DraftValue.Content) -> DraftValue { DraftValue(content, at: DraftValue.nowhere) }

func draftApp(
  _ options: DraftValue, name: String = "words", endpoints: [String] = ["/"], hooks: [String] = []
) -> DraftApp {
  var app = DraftApp(name: name, nameMark: DraftValue.nowhere, options: options)
  app.endpoints = endpoints.enumerated().map {
    DraftEndpoint(path: $0.element, pathMark: DraftValue.nowhere, options: nil, line: $0.offset + 2)
  }
  app.hooks = hooks.map { DraftHook(name: $0, mark: DraftValue.nowhere) }
  return app
}

func validate(
  _ apps: [DraftApp], machines: [(String, DraftValue)] = [], isComplete: Bool = true,
  overrides: DefinitionOverrides = DefinitionOverrides()
) -> Validation {
  var draft = Draft(file: "app.lua")
  draft.apps = apps
  draft.machines = machines.map { DraftMachine(name: $0.0, nameMark: DraftValue.nowhere, options: $0.1) }
  draft.isComplete = isComplete
  return Validator().validate(ScriptReport(draft: draft, diagnostics: []), overrides: overrides)
}

extension Validation {
  /// `code: message (fix)`, a line each.
  var lines: [String] { diagnostics.map { "\($0.code): \($0.message)" + ($0.fix.map { " (\($0))" } ?? "") } }
  var codes: [String] { diagnostics.map(\.code) }
}
