import Testing

import CLua

@testable import Lua

private struct Word: LuaRecord, Equatable {
  var text: String
  var start: Double
  var speaker: String?

  init(from row: borrowing LuaRow) throws(LuaError) {
    text = try row.get("text")
    start = try row.get("start")
    speaker = try row.get("speaker")
    if start < 0 { throw row.refusal(of: "start", "must not be negative") }
  }
}

private struct Page: LuaRecord {
  var number: Int
  var isLast: Bool
  var raw: [UInt8]
  var words: [Word]
  var cover: Word?
  var grid: [[Int?]]

  init(from row: borrowing LuaRow) throws(LuaError) {
    number = try row.get("n")
    isLast = try row.get("last")
    raw = try row.get("raw")
    words = try row.get("words")
    cover = try row.get("cover")
    grid = try row.get("grid")
  }
}

private struct Tree: LuaRecord {
  var children: [Tree]

  init(from row: borrowing LuaRow) throws(LuaError) { children = try row.get("children") }
}

@Suite struct RecordTests {
  private func read<Value: LuaReadable>(_ source: String, as type: Value.Type) throws -> Value {
    let state = try LuaState()
    try state.openJSON()
    let table: LuaTable = try state.load("return \(source)", name: "data").call()
    return try table.read()
  }

  @Test func recordsNest() throws {
    let page = try read(
      """
      { n = -9007199254740993, last = true, raw = "\\xFF\\0", cover = json.null, unknown = json.encode,
        words = { { text = "mond", start = 1 }, { text = "🌙", start = 2.5, speaker = "a" } }, grid = { {}, { 1, json.null, 3.0 } } }
      """, as: Page.self)
    #expect(page.number == -9_007_199_254_740_993)
    #expect(page.isLast)
    #expect(page.raw == [0xFF, 0])
    #expect(page.cover == nil)
    #expect(page.words.map(\.text) == ["mond", "🌙"])
    #expect(page.words.map(\.start) == [1, 2.5])
    #expect(page.words.map(\.speaker) == [nil, "a"])
    #expect(page.grid == [[], [1, nil, 3]])
  }

  @Test(arguments: [
    ("{ {}, 1 }", "[1].text: expected UTF-8 string, got nil"),
    ("{ { text = 'a', start = 1 }, 1 }", "[2]: expected table, got number"),
    ("{ { text = '\\xFF', start = 1 } }", "[1].text: expected UTF-8 string, got bytes"),
    ("{ { text = 7, start = 1 } }", "[1].text: expected UTF-8 string, got number"),
    ("{ { text = 'a', start = '1' } }", "[1].start: expected number, got string"),
    ("{ { text = 'a', start = json.null } }", "[1].start: expected number, got null"),
    ("{ { text = 'a', start = 1, speaker = {} } }", "[1].speaker: expected UTF-8 string or nil, got table"),
    ("{ { text = 'a', start = -1 } }", "[1].start: must not be negative"),
    ("{ text = 'a' }", "expected array, got table"),
  ])
  func whatDoesNotFitIsNamedWithItsPath(source: String, message: String) throws {
    let error = #expect(throws: LuaError.self) { try read(source, as: [Word].self) }
    #expect(error?.message == message)
    #expect(error?.kind == .data)
    #expect((error?.underlying as? LuaPathError)?.description == message)
  }

  @Test(arguments: ["1.5", "1e300", "'1'", "true", "0/0"])
  func onlyExactIntegersAreIntegers(value: String) {
    #expect(throws: LuaError.self) { try read("{ \(value) }", as: [Int].self) }
  }

  @Test func pathsGoThroughAllLevels() {
    let source = "{ n = 1, last = false, raw = '', words = { { text = 'a', start = 1 }, { text = 'b' } }, grid = {} }"
    let error = #expect(throws: LuaError.self) { try read(source, as: Page.self) }
    #expect(error?.message == ".words[2].start: expected number, got nil")
  }

  @Test func aFailedReadLeavesTheStackAsItWas() throws {
    let state = try LuaState()
    let table: LuaTable = try state.load("return { { text = 'a', start = 1 }, { text = 'b' } }", name: "data").call()
    let top = lua_gettop(state.lua)
    for _ in 0..<10_000 { #expect(throws: LuaError.self) { try table.read([Word].self) } }
    #expect(lua_gettop(state.lua) == top)
  }

  @Test func recordsAreArgumentsAndResults() throws {
    let state = try LuaState()
    try state.globals.set(
      "length", try state.function("length") { call in try call.returns(call.argument(1, as: [Word].self).count) })
    #expect(try state.load("return length { { text = 'a', start = 1 } }", name: "x").call(returning: Int.self) == 1)
    let error = #expect(throws: LuaError.self) { try state.load("length { { text = 'a' } }", name: "x").call() }
    #expect(error?.message == "x:1: bad argument #1 to 'length' ([1].start: expected number, got nil)")
    let words: [Word] = try state.load("return { { text = 'a', start = 1 } }", name: "x").call()
    #expect(words.count == 1)
    let top = lua_gettop(state.lua)
    #expect(throws: LuaError.self) { try state.load("return { {} }", name: "x").call(returning: [Word].self) }
    #expect(lua_gettop(state.lua) == top)
  }

  @Test func aTableThatHoldsItselfIsRefused() throws {
    let state = try LuaState()
    let table: LuaTable = try state.load("local t = {} t.children = { t } return t", name: "x").call()
    let error = #expect(throws: LuaError.self) { try table.read(Tree.self) }
    #expect(error?.message.hasSuffix(": nested too deeply") == true)
  }

  @Test func aTableThatIsManyTimesInItselfIsRefused() throws {
    let state = try LuaState()
    let source = "local t = { children = {} } for _ = 1, 60 do t = { children = { t, t } } end return t"
    let table: LuaTable = try state.load(source, name: "x").call()
    let error = #expect(throws: LuaError.self) { try table.read(Tree.self) }
    #expect(error?.message.hasSuffix(": the value is larger than may be read at once") == true)
  }

  @Test func aLengthThatOnlyHolesReachIsNotBelieved() throws {
    let state = try LuaState()
    let powers = (0..<63).map { "[1 << \($0)] = 1" }.joined(separator: ", ")
    let table: LuaTable = try state.load("return { \(powers) }", name: "x").call()
    #expect(table.count == 1 << 62)
    #expect(throws: LuaError.self) { try table.read([Int?].self) }
    #expect(throws: LuaError.self) { try table.read([Int].self) }
  }

  @Test func aReadAtTheMemoryLimitSucceedsOrThrows() throws {
    let state = try LuaState(limits: LuaLimits(memory: 1 << 20, memoryHard: 1 << 20))
    let source = "local t = { text = 'a', start = 1 } return t, function() for i = 1, 1e9 do t[i] = ('x'):rep(50) .. i end end"
    let values = try state.load(source, name: "x").call(arguments: [])
    guard case .table(let table) = values[0], case .function(let fill) = values[1] else { throw LuaError(.data, "two values") }
    let failure = #expect(throws: LuaError.self) { try fill.call() }
    #expect(failure?.kind == .memoryLimit)
    do {
      #expect(try table.read(Word.self).text == "a")
    } catch {
      #expect(error.kind == .memoryLimit)
    }
    let top = lua_gettop(state.lua)
    _ = try? table.read([Word].self)
    #expect(lua_gettop(state.lua) == top)
  }

  @Test func oneStateKnowsManyKeys() throws {
    let state = try LuaState()
    let table: LuaTable = try state.load("return { a = 1, b = 2, [''] = 3 }", name: "x").call()
    struct Letters: LuaRecord {
      var a: Int
      var b: Int
      var empty: Int
      var none: Int?
      init(from row: borrowing LuaRow) throws(LuaError) {
        a = try row.get("a")
        b = try row.get("b")
        empty = try row.get("")
        none = try row.get("a key that is longer than forty bytes, and so is not interned by Lua")
      }
    }
    for _ in 0..<3 {
      let letters = try table.read(Letters.self)
      #expect([letters.a, letters.b, letters.empty, letters.none ?? 4] == [1, 2, 3, 4])
    }
  }
}
