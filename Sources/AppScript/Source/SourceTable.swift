/// A table constructor in the source: where its keys and values stand.
struct SourceTable {
  struct Field {
    var key: String
    var keySpan: SourceSpan
    var value: SourceValue
  }

  /// The opening brace.
  var span: SourceSpan
  var items: [SourceValue] = []
  /// In the order of the source; a key may be there more than once.
  var fields: [Field] = []

  /// The field that counts: Lua lets the last one win.
  func field(_ key: String) -> Field? { fields.last { $0.key == key } }

  /// Fields whose value is lost, since the same key comes again.
  var repeated: [Field] {
    fields.enumerated().filter { index, field in fields[(index + 1)...].contains { $0.key == field.key } }.map(\.element)
  }
}

/// A value in the source; the length ends with its first line.
struct SourceValue {
  var span: SourceSpan
  /// Where the value is a table constructor, and nothing else.
  var table: [SourceTable]

  init(span: SourceSpan, table: SourceTable?) {
    self.span = span
    self.table = table.map { [$0] } ?? []
  }
}
