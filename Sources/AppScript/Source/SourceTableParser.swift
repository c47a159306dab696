/// Reads table constructors from tokens, and steps over any expression between them.
struct SourceTableParser {
  let tokens: [LuaToken]
  var index: Int

  private var token: LuaToken? { index < tokens.count ? tokens[index] : nil }

  mutating func skip(_ symbol: String) -> Bool {
    guard token?.isSymbol(symbol) == true else { return false }
    index += 1
    return true
  }

  /// At `{`: the table; nil where there is none, or where it never ends.
  mutating func table(depth: Int) -> SourceTable? {
    guard let open = token, open.isSymbol("{"), depth < SourceScanner.depthMax else { return nil }
    index += 1
    var table = SourceTable(span: open.span)
    while let token, !token.isSymbol("}") {
      if token.isSymbol(",") || token.isSymbol(";") {
        index += 1
        continue
      }
      let before = index
      readEntry(into: &table, depth: depth)
      // A token that begins no expression would hold the loop for ever.
      if index == before { index += 1 }
    }
    return skip("}") ? table : nil
  }

  private mutating func readEntry(into table: inout SourceTable, depth: Int) {
    guard let first = token else { return }
    if case .name(let key) = first.kind, index + 1 < tokens.count, tokens[index + 1].isSymbol("=") {
      index += 2
      table.fields.append(SourceTable.Field(key: key, keySpan: first.span, value: value(depth: depth + 1)))
    } else if first.isSymbol("["), let key = bracketedKey() {
      table.fields.append(SourceTable.Field(key: key, keySpan: tokens[index - 3].span, value: value(depth: depth + 1)))
    } else {
      table.items.append(value(depth: depth + 1))
    }
  }

  /// `["key"] =`, after which the index is at the value; nil, and no step taken, for a key that is not a literal text.
  private mutating func bracketedKey() -> String? {
    guard index + 3 < tokens.count, let key = tokens[index + 1].text, tokens[index + 2].isSymbol("]"),
      tokens[index + 3].isSymbol("=")
    else { return nil }
    index += 4
    return key
  }

  /// Steps over one expression, to the `,`, `;` or closing bracket that ends it.
  mutating func value(depth: Int) -> SourceValue {
    let start = index
    var inner = self
    if let table = inner.table(depth: depth), inner.isAtEnd {
      index = inner.index
      return SourceValue(span: span(from: start), table: table)
    }
    var brackets = 0
    var blocks = 0
    while let token {
      if brackets == 0, blocks == 0, isAtEnd { break }
      switch token.kind {
      case .symbol("("), .symbol("{"), .symbol("["): brackets += 1
      case .symbol(")"), .symbol("}"), .symbol("]"): brackets -= 1
      case .name("function"), .name("do"), .name("if"), .name("repeat"): blocks += 1
      case .name("end"), .name("until"): blocks -= 1
      case .name, .symbol, .string, .number: break
      }
      index += 1
    }
    return SourceValue(span: span(from: start), table: nil)
  }

  private var isAtEnd: Bool {
    guard let token else { return true }
    return [",", ";", "}", ")", "]"].contains { token.isSymbol($0) }
  }

  /// From the token at `start` to the last one on its line.
  private func span(from start: Int) -> SourceSpan {
    guard start < tokens.count else { return tokens.last?.span ?? SourceSpan(line: 1, column: 1, length: 0) }
    var span = tokens[start].span
    var next = start
    while next < index, next < tokens.count, tokens[next].span.line == span.line {
      span.length = tokens[next].span.column + tokens[next].span.length - span.column
      next += 1
    }
    return span
  }
}
