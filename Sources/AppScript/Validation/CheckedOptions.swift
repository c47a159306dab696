import AppModel

/// The options of one table that are known and right. What is missing was not set, or was reported.
struct CheckedOptions {
  /// The whole table.
  var mark: SourceMark
  /// Names that were given, right or wrong: a rule about what is missing does not fire for them.
  var given: [String: SourceMark] = [:]
  private var values: [String: Checked] = [:]

  init(mark: SourceMark) { self.mark = mark }

  subscript(name: String) -> Checked? {
    get { values[name] }
    set { values[name] = newValue }
  }

  func boolean(_ name: String) -> Bool? { if case .boolean(let value)? = values[name]?.value { value } else { nil } }
  func integer(_ name: String) -> Int? { if case .integer(let value)? = values[name]?.value { value } else { nil } }
  func number(_ name: String) -> Double? { if case .number(let value)? = values[name]?.value { value } else { nil } }
  func text(_ name: String) -> String? { values[name]?.text }
  func duration(_ name: String) -> Duration? { if case .duration(let value)? = values[name]?.value { value } else { nil } }
  func size(_ name: String) -> ByteCount? { if case .size(let value)? = values[name]?.value { value } else { nil } }
  func list(_ name: String) -> [Checked]? { if case .list(let value)? = values[name]?.value { value } else { nil } }
  func table(_ name: String) -> CheckedOptions? { if case .table(let value)? = values[name]?.value { value } else { nil } }

  func map(_ name: String) -> [(key: String, value: Checked)]? {
    if case .map(let value)? = values[name]?.value { value } else { nil }
  }

  /// Texts of a list that must not repeat itself.
  func texts(_ name: String) -> [String]? { list(name)?.compactMap(\.text) }
}
