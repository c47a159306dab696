import Lua

extension OptionReader {
  /// The value as JSON text.
  mutating func json(_ value: DraftValue, _ kind: OptionKind, _ name: String) -> CheckedValue? {
    do {
      return .text(String(decoding: try LuaJSON.encode(DraftJSON(value)), as: UTF8.self))
    } catch let problem as DraftJSON.Problem {
      findings.error("wrong-type", "\(name): \(problem.message)", at: problem.mark)
      return nil
    } catch {
      return mismatch(value, kind, name)
    }
  }
}

/// A value of a script on its way to JSON.
private struct DraftJSON: Encodable {
  struct Problem: Error {
    var message: String
    var mark: SourceMark
  }

  private let value: DraftValue

  init(_ value: DraftValue) { self.value = value }

  func encode(to encoder: any Encoder) throws {
    switch value.content {
    case .boolean(let value): try encoder.single(value)
    case .integer(let value): try encoder.single(value)
    case .number(let value): try encoder.single(value)
    case .text(let value): try encoder.single(value)
    case .table(let items, let fields):
      if !items.isEmpty, let field = fields.first {
        throw Problem(message: "a table has either names or not; this one has both", mark: field.keyMark)
      }
      if items.isEmpty {
        let pairs = fields.map { ($0.key, DraftJSON($0.value)) }
        try encoder.single(Dictionary(pairs, uniquingKeysWith: { $1 }))
      } else {
        try encoder.single(items.map(DraftJSON.init))
      }
    case .notFinite, .function, .other:
      throw Problem(message: "JSON cannot hold \(value.description)", mark: value.mark)
    }
  }
}

extension Encoder {
  fileprivate func single(_ value: some Encodable) throws {
    var container = singleValueContainer()
    try container.encode(value)
  }
}
