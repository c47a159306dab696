import Lua

/// Copies values of a script into a draft, and gives each the place where it stands in the source.
struct DraftReader {
  /// Deeper tables are no options; tables that hold themselves end here too.
  static let depthMax = 16
  /// Values of one table that are looked at.
  static let valuesMax = 10_000

  let files: SourceFiles
  let chunk: String
  private var valuesLeft = valuesMax

  init(files: SourceFiles, chunk: String) {
    self.files = files
    self.chunk = chunk
  }

  /// `source` is the constructor that made the value, where one is known; `mark` is used where it is not.
  mutating func read(_ value: LuaValue, source: SourceTable?, mark: SourceMark, depth: Int = 0) throws(LuaError) -> DraftValue {
    valuesLeft -= 1
    guard valuesLeft > 0 else { return DraftValue(.other("one of too many values"), at: mark) }
    switch value {
    case .nilValue: return DraftValue(.other("nil"), at: mark)
    case .null: return DraftValue(.other("null"), at: mark)
    case .boolean(let flag): return DraftValue(.boolean(flag), at: mark)
    case .integer(let number): return DraftValue(.integer(Int64(number)), at: mark)
    case .number(let number):
      guard number.isFinite else { return DraftValue(.notFinite(number.isNaN ? "nan" : "inf"), at: mark) }
      return DraftValue(.number(number), at: mark)
    case .string(let bytes):
      guard let text = String(validating: bytes, as: UTF8.self) else {
        return DraftValue(.other("a string that is not UTF-8"), at: mark)
      }
      return DraftValue(.text(text), at: mark)
    case .function(let function): return DraftValue(.function(line: function.position?.line ?? mark.position.line), at: mark)
    case .opaque(let name): return DraftValue(.other("a value of type \(name)"), at: mark)
    case .table(let table):
      guard depth < Self.depthMax else { return DraftValue(.other("a table that is nested too deeply"), at: mark) }
      return DraftValue(try read(table, source: source, mark: mark, depth: depth + 1), at: mark)
    }
  }

  private mutating func read(
    _ table: LuaTable, source: SourceTable?, mark: SourceMark, depth: Int
  ) throws(LuaError) -> DraftValue.Content {
    var items: [DraftValue] = []
    var fields: [DraftField] = []
    let count = min(table.count, Self.valuesMax)
    for index in 0..<count {
      let written = source.flatMap { index < $0.items.count ? $0.items[index] : nil }
      items.append(
        try read(
          table.get(index + 1), source: written?.table.first, mark: written.map { files.mark($0.span, in: chunk) } ?? mark,
          depth: depth))
    }
    for (key, value) in try table.pairs() {
      if case .integer(let index) = key, (1...max(count, 1)).contains(index), count > 0 { continue }
      guard valuesLeft > 0 else { break }
      let name = Self.name(key)
      let written = source?.field(name)
      let keyMark = written.map { files.mark($0.keySpan, in: chunk) } ?? mark
      let valueMark = written.map { files.mark($0.value.span, in: chunk) } ?? mark
      let draft = try read(value, source: written?.value.table.first, mark: valueMark, depth: depth)
      fields.append(DraftField(key: name, keyMark: keyMark, value: draft))
    }
    // Lua walks a table in an order of its own, which changes from run to run.
    fields.sort { left, right in
      let (leftAt, rightAt) = (left.keyMark.position, right.keyMark.position)
      return (leftAt.line, leftAt.column, left.key) < (rightAt.line, rightAt.column, right.key)
    }
    return .table(items: items, fields: fields)
  }

  private static func name(_ key: LuaValue) -> String {
    switch key {
    case .string(let bytes): String(decoding: bytes, as: UTF8.self)
    case .integer(let number): "[\(number)]"
    case .number(let number): "[\(number)]"
    case .boolean(let flag): "[\(flag)]"
    case .nilValue, .null, .table, .function, .opaque: "[?]"
    }
  }
}
