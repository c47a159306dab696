import Lua
import Testing

@Suite struct LuaValueDataTests {
  private func state(memory: Int = 64 << 20, time: Duration? = nil) throws -> LuaState {
    var limits = LuaLimits()
    limits.memory = memory
    limits.time = time
    let state = try LuaState(limits: limits)
    try state.openJSON()
    return state
  }

  /// What the script's `return` gives to a host function.
  private func table(_ state: LuaState, _ source: String) throws -> LuaTable {
    var found: LuaTable?
    try state.globals.rawSet(
      "give",
      state.function("give") { call in
        found = try call.table(1)
        return call.returns()
      })
    try state.load("give(\(source))", name: "give").call()
    return try #require(found)
  }

  @Test(arguments: [
    ("{}", "{}"), ("json.array{}", "[]"), ("json.decode('[]')", "[]"), ("{1, 2.0, 'x', true}", "[1,2.0,\"x\",true]"),
    ("{a = json.null}", "{\"a\":null}"),
    ("{{}, {1}}", "[{},[1]]"), ("(function() local t = {} for i = 5, 1, -1 do t[i] = i end return t end)()", "[1,2,3,4,5]"),
    ("{[1] = 'a', [2] = 'b'}", "[\"a\",\"b\"]"), ("json.decode('{\"a\":[1,{\"b\":null}]}')", "{\"a\":[1,{\"b\":null}]}"),
    ("{0.1, 1e100, -0.0}", "[0.1,1e+100,-0.0]"),
  ])
  func aTableIsTheSameAsTextAndAsTape(source: String, json: String) throws {
    let table = try table(try state(), source)
    #expect(String(decoding: try table.json(), as: UTF8.self) == json)
    #expect(String(decoding: try table.tape().json(), as: UTF8.self) == json)
  }

  @Test(arguments: [
    ("{words = {{name = 'a'}, {name = print}}, }", "a function"),
    ("{1, 2, nil, 4}", "[3]: an array with a hole has no JSON form; put json.null there"),
    ("{1, 2, x = 3}", ".x: a table with both elements and other keys has no JSON form"),
    ("{a = {b = 0 / 0}}", ".a.b: a number that is not finite has no JSON form"),
    ("{['a b'] = {coroutine.create(function() end)}}", "[\"a b\"][1]: a thread has no JSON form"),
    ("{[true] = 1}", "[a boolean]: a table"),
    ("{[0] = 1}", "[0]: an array has only elements from 1 on"), ("{[1.5] = 1}", "[1.5]: a table"),
    ("{a = '\\xff'}", ".a: a string that is not UTF-8"),
    ("(function() local t = {} t.x = {t} return t end)()", ".x[1]: a table that holds itself"),
    ("json.array{x = 1}", ".x: a table"),
    ("(function() local t = {} for i = 1, 200 do t = {t} end return t end)()", "nested too deeply"),
  ])
  func whatHasNoFormIsRefusedWithItsPath(source: String, message: String) throws {
    let state = try state()
    try state.globals.rawSet("print", state.function("print") { $0.returns() })
    let table = try table(state, source)
    let error = try #require(throws: LuaError.self) { try table.json() }
    #expect(error.kind == .data)
    #expect(error.message.contains(message), "\(error.message)")
  }

  @Test func aTableDecodesAsASwiftValueAndBack() throws {
    struct Word: Codable, Equatable { var name: String, count: Int, weight: Double, tags: [String]?, raw: [UInt8] }
    let state = try state()
    let source =
      "{{name = 'a', count = 3.0, weight = 2, raw = '\\xff\\0'}, {name = 'b', count = 4, weight = 0.5, tags = {}, raw = ''}}"
    let words = try table(state, source).decode([Word].self)
    let expected = [
      Word(name: "a", count: 3, weight: 2, tags: nil, raw: [255, 0]), Word(name: "b", count: 4, weight: 0.5, tags: [], raw: []),
    ]
    #expect(words == expected)
    #expect(try state.table(LuaTape(encoding: words)).decode([Word].self) == expected)
  }

  @Test func argumentsDecodeAndResultsEncode() throws {
    struct Point: Codable { var x: Int, y: Int }
    let state = try state()
    try state.globals.rawSet(
      "mirror",
      state.function("mirror") { call in
        let point = try call.decode(Point.self, at: 1)
        return try call.returns(encoding: Point(x: point.y, y: point.x))
      })
    try state.load("local p = mirror{x = 1, y = 2} assert(p.x == 2 and p.y == 1)", name: "t").call()
    let error = try #require(throws: LuaError.self) { try state.load("mirror{x = 1}", name: "t").call() }
    #expect(error.message.contains("t:1: bad argument #1 to 'mirror' (No value for 'y'.)"), "\(error.message)")
    let wrong = try #require(throws: LuaError.self) { try state.load("mirror{x = 1, y = {}}", name: "t").call() }
    #expect(wrong.message.contains("(.y: Expected Int, found an object.)"), "\(wrong.message)")
  }

  @Test func scriptsEncodeAndDecode() throws {
    let state = try state()
    try state.load(
      #"""
      assert(json.encode{1, {a = json.null}} == '[1,{"a":null}]')
      assert(json.encode({a = {1}}, {pretty = true}) == '{\n  "a": [\n    1\n  ]\n}')
      local v = json.decode('{"a":[1,2.0,null,"\\u00e9"],"b":{}}')
      assert(math.type(v.a[1]) == "integer" and math.type(v.a[2]) == "float" and v.a[3] == json.null and v.a[4] == "é")
      assert(json.encode(v.a) == '[1,2.0,null,"é"]' and json.encode(v.b) == '{}' and json.encode(json.array()) == '[]')
      assert(json.decode('{"a":1,"a":2}').a == 2)
      local ok, message = pcall(json.decode, '{"a":\n oops}')
      assert(not ok and message:find("line 2, column 2: expected a value, found 'o'", 1, true), message)
      ok, message = pcall(json.encode, {a = {1, function() end}})
      assert(not ok and message:find(".a[2]: a function has no JSON form", 1, true), message)
      assert(getmetatable(v.a) == "array" and not pcall(setmetatable, v.a, {}))
      """#, name: "t"
    ).call()
  }

  @Test(arguments: [
    "json.decode(('[1,'):rep(100000) .. '1')", "json.decode('[' .. ('{\"key\":\"value\"},'):rep(1000000) .. '1]')",
    "local t = {} for i = 1, 300000 do t[i] = 'a string' .. i end json.encode(t)",
    "local t = {('x'):rep(300000)} for i = 2, 1000 do t[i] = t[1] end json.encode(t)",
  ])
  func theMemoryLimitEndsItCleanly(source: String) throws {
    let state = try state(memory: 8 << 20)
    #expect(throws: LuaError.self) { try state.load(source, name: "t").call() }
    try state.load("assert(json.encode{1} == '[1]')", name: "t").call()
  }

  @Test func anyMemoryLimitIsSurvived() throws {
    let text = Array("[\((0..<50).map { "{\"a key\($0)\":[\($0),\"text\",null]}" }.joined(separator: ","))]".utf8)
    let tape = try LuaTape(json: text)
    for step in 0..<200 {
      guard let state = try? LuaState(limits: LuaLimits(memory: 60_000 + step * 512)) else { continue }
      guard (try? state.openJSON()) != nil else { continue }
      if let table = try? state.table(tape) { #expect(try table.json() == text) }
    }
  }
}
