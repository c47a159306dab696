import Testing

@testable import AppScript

/// A small generator whose seed names the case that failed.
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

/// Writes a random table and notes where it put its keys and values.
private struct Writer {
  var random: Seeded
  var text = "local app = app \"x\" "
  var line = 1
  var column = 21
  /// Path of keys → line, column of key and value.
  var places: [String: [Int]] = [:]

  mutating func put(_ piece: String) {
    text += piece
    for byte in piece.utf8 {
      if byte == 10 {
        line += 1
        column = 1
      } else {
        column += 1
      }
    }
  }

  mutating func space() {
    put([" ", "\n", "\t", " -- comment { = \"\n", "--[[ long\n } ]]", "\r\n", "  "].randomElement(using: &random) ?? " ")
  }

  mutating func table(_ path: String, depth: Int) {
    put("{")
    for index in 0..<Int.random(in: 0...4, using: &random) {
      space()
      let key = "k\(index)"
      let at = [line, column]
      let form = Int.random(in: 0...2, using: &random)
      put(form == 0 ? "[\"\(key)\"]" : key)
      space()
      put("=")
      space()
      places["\(path).\(key)"] = [at[0], form == 0 ? at[1] + 1 : at[1], line, column]
      if depth < 4, Bool.random(using: &random) { table("\(path).\(key)", depth: depth + 1) } else { scalar() }
      space()
      put([",", ";"].randomElement(using: &random) ?? ",")
    }
    space()
    put("}")
  }

  mutating func scalar() {
    let values = [
      "1", "-2.5e3", "\"a,}{=\"", "'\\''", "[=[ }\n, ]=]", "true", "nil", "f(1, { 2 })", "function(a, b) return a, { b } end",
      "#x + 1",
      "(\"x\"):rep(2)", "function() if a then return end do end end", "0x1F", "a.b[ c ].d",
    ]
    put(values.randomElement(using: &random) ?? "1")
  }
}

@Suite struct ScannerPropertyTests {
  @Test func everyKeyAndValueOfAGeneratedTableIsFoundWhereItWasWritten() throws {
    for seed in UInt64(0)..<400 {
      var writer = Writer(random: Seeded(state: seed))
      writer.table("", depth: 0)
      let table = try #require(SourceScanner(Array(writer.text.utf8)).calls.first?.table, "seed \(seed)\n\(writer.text)")
      var found: [String: [Int]] = [:]
      collect(table, "", &found)
      try #require(found == writer.places, "seed \(seed)\n\(writer.text)")
    }
  }

  @Test func noDamageToASourceDoesHarm() {
    let pieces = [
      "app", "\"", "{", "}", "[[", "]]", "--", "--[=[", "\\", "\n", "\u{0}", "é", "=", "end", "(", "0x", "1e+", ":endpoint(", "'",
    ]
    for seed in UInt64(0)..<500 {
      var random = Seeded(state: seed)
      var writer = Writer(random: random)
      writer.table("", depth: 0)
      var source = Array(writer.text.utf8)
      for _ in 0..<4 {
        let place = Int.random(in: 0...source.count, using: &random)
        source.insert(contentsOf: Array((pieces.randomElement(using: &random) ?? "").utf8), at: place)
        source.remove(at: Int.random(in: 0..<source.count, using: &random))
      }
      let scanner = SourceScanner(source)
      let marks = scanner.tokens.map(\.span) + scanner.calls.map(\.nameSpan)
      for mark in marks.prefix(20) {
        let excerpt = Excerpt(line: source[...], column: mark.column, length: mark.length)
        #expect(!excerpt.carets.isEmpty)
      }
    }
  }

  private func collect(_ table: SourceTable, _ path: String, _ found: inout [String: [Int]]) {
    for field in table.fields {
      let name = "\(path).\(field.key)"
      found[name] = [field.keySpan.line, field.keySpan.column, field.value.span.line, field.value.span.column]
      if let inner = field.value.table.first { collect(inner, name, &found) }
    }
  }
}
