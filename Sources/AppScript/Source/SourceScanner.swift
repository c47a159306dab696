/// Finds the places in a script that errors point at: Lua itself reports the line of a *call*, never that of a field.
struct SourceScanner {
  let tokens: [LuaToken]
  let docs: [Int: String]
  private(set) var calls: [SourceCall] = []
  /// Names that `require` is called with, where they are literals.
  private(set) var modules: [String] = []
  /// File names given to `files.read`, `files.exists` and `files.list`, where they are literals.
  private(set) var files: [String] = []

  /// Tables nested deeper than this keep the position of the table around them.
  static let depthMax = 32

  init(_ source: [UInt8]) {
    let lexer = LuaLexer(source)
    tokens = lexer.tokens
    docs = lexer.docs
    for index in tokens.indices { lookForNames(at: index) }
    var next = 0
    while next < tokens.count { next = lookForCall(at: next) }
  }

  private mutating func lookForNames(at index: Int) {
    guard case .name(let name) = tokens[index].kind else { return }
    switch name {
    case "require":
      if let (text, _) = literalArgument(after: index) { modules.append(text) }
    case "read", "exists", "list":
      guard index > 1, tokens[index - 1].isSymbol("."), tokens[index - 2].isName("files") else { return }
      if let (text, _) = literalArgument(after: index) { files.append(text) }
    default: return
    }
  }

  /// The index to go on at: what a call's table holds is not looked at again, so that the work stays linear.
  private mutating func lookForCall(at index: Int) -> Int {
    guard case .name(let name) = tokens[index].kind else { return index + 1 }
    let isMember = index > 0 && (tokens[index - 1].isSymbol(".") || tokens[index - 1].isSymbol(":"))
    let found: (call: SourceCall, next: Int)?
    switch name {
    case "app" where !isMember: found = named(at: index, .app)
    case "machine" where !isMember: found = named(at: index, .machine)
    case "node" where !isMember: found = named(at: index, .node)
    case "server" where !isMember: found = unnamed(at: index, .server)
    case "endpoint" where isMember: found = endpoint(at: index)
    default: return index + 1
    }
    guard let found else { return index + 1 }
    calls.append(found.call)
    return max(found.next, index + 1)
  }

  /// `f "text"`, `f("text"`; the text and the index of its token.
  private func literalArgument(after index: Int) -> (text: String, index: Int)? {
    var next = index + 1
    if next < tokens.count, tokens[next].isSymbol("(") { next += 1 }
    guard next < tokens.count, let text = tokens[next].text else { return nil }
    return (text, next)
  }

  private func named(at index: Int, _ kind: SourceCall.Kind) -> (call: SourceCall, next: Int)? {
    guard let (text, nameIndex) = literalArgument(after: index) else { return nil }
    var next = nameIndex + 1
    if next < tokens.count, tokens[next].isSymbol(")") { next += 1 }
    var parser = SourceTableParser(tokens: tokens, index: next)
    let table = parser.table(depth: 0)
    let call = SourceCall(
      kind: kind, name: text, nameSpan: tokens[nameIndex].span, table: table,
      lines: tokens[index].span.line...endLine(parser.index, atLeast: tokens[nameIndex].lineEnd),
      doc: doc(above: tokens[index].span.line))
    return (call, parser.index)
  }

  /// `f { … }`, `f({ … })`.
  private func unnamed(at index: Int, _ kind: SourceCall.Kind) -> (call: SourceCall, next: Int)? {
    var next = index + 1
    if next < tokens.count, tokens[next].isSymbol("(") { next += 1 }
    var parser = SourceTableParser(tokens: tokens, index: next)
    guard let table = parser.table(depth: 0) else { return nil }
    let call = SourceCall(
      kind: kind, name: nil, nameSpan: tokens[index].span, table: table,
      lines: tokens[index].span.line...endLine(parser.index, atLeast: tokens[index].lineEnd),
      doc: doc(above: tokens[index].span.line))
    return (call, parser.index)
  }

  private func endpoint(at index: Int) -> (call: SourceCall, next: Int)? {
    guard index + 2 < tokens.count, tokens[index + 1].isSymbol("(") else { return nil }
    let pathToken = tokens[index + 2]
    var parser = SourceTableParser(tokens: tokens, index: index + 2)
    let path = parser.value(depth: 0)
    var table: SourceTable?
    if parser.skip(",") { table = parser.table(depth: 0) }
    var first = index
    if first > 1 { first -= 2 }
    let call = SourceCall(
      kind: .endpoint, name: pathToken.text, nameSpan: path.span, table: table,
      lines: tokens[first].span.line...endLine(parser.index, atLeast: pathToken.lineEnd), doc: doc(above: tokens[first].span.line)
    )
    return (call, parser.index)
  }

  private func endLine(_ index: Int, atLeast line: Int) -> Int {
    guard index > 0, index - 1 < tokens.count else { return line }
    return max(line, tokens[index - 1].lineEnd)
  }

  /// The first line of the `---` comment that ends on the line before `line`.
  private func doc(above line: Int) -> String? {
    var first = line
    while docs[first - 1] != nil { first -= 1 }
    guard first < line, let text = docs[first], !text.isEmpty else { return nil }
    return text
  }

  /// The name in `x.name` or `x:name` at `line`; nil where the line has none.
  func member(_ name: String, line: Int) -> SourceSpan? {
    var low = 0
    var high = tokens.count
    while low < high {
      let middle = (low + high) / 2
      if tokens[middle].span.line < line { low = middle + 1 } else { high = middle }
    }
    while low < tokens.count, tokens[low].span.line == line {
      if tokens[low].isName(name), low > 0, tokens[low - 1].isSymbol(".") || tokens[low - 1].isSymbol(":") {
        return tokens[low].span
      }
      low += 1
    }
    return nil
  }
}
