import Testing

@testable import Lua

@Suite struct DataTests {
  struct Point: Codable, Equatable { var x: Int, y: Int }

  @Test func argumentsAndResultsPassAsJSON() throws {
    let state = try LuaState()
    try state.openJSON()
    var seen: [String] = []
    let echo = try state.function("echo") { call in
      seen.append(String(decoding: try call.json(at: 1, limit: 1000), as: UTF8.self))
      #expect(try call.decode([String: Point].self, at: 1) == ["p": Point(x: 1, y: 2)])
      return try call.returns(json: Array("[1,null,{\"a\":true}]".utf8))
    }
    try state.globals.set("echo", echo)
    let script = try state.load(
      "local t = echo({p = {x = 1, y = 2}}) return t[1], t[2] == json.null, t[3].a, json.encode(t)", name: "x")
    let results = try script.call(arguments: [])
    #expect(results.count == 4 && results[3].text == "[1,null,{\"a\":true}]")
    #expect(seen.count == 1)
  }

  @Test func aTableIsDecodedAndWritten() throws {
    let state = try LuaState()
    let table = try state.load("return {x = 3, y = 4.0}", name: "x").call(returning: LuaTable.self)
    #expect(try table.decode(Point.self) == Point(x: 3, y: 4))
    let mixed = try state.load("return {deep = {1, 2, a = 3}}", name: "x").call(returning: LuaTable.self)
    let error = #expect(throws: LuaError.self) { try mixed.json() }
    #expect(error?.kind == .data && error?.message.contains("deep") == true)
  }

  @Test func aThrownTableIsKeptAsJSON() throws {
    let state = try LuaState()
    let error = #expect(throws: LuaError.self) { try state.load("error({code = 7})", name: "x").call() }
    #expect(error?.json.map { String(decoding: $0, as: UTF8.self) } == "{\"code\":7}")
  }

  @Test func aTaskTakesAndGivesJSON() throws {
    let state = try LuaState()
    var waiting: LuaSuspension?
    try state.globals.set("wait", try state.function("wait") { call in try call.suspend { waiting = $0 } })
    let script = try state.load("local a = ... local b = wait() return {sum = a.n + b.n}", name: "x")
    var result: String?
    let task = try state.task(script, { try $0.push(json: Array("{\"n\":1}".utf8)) }) { outcome in
      result = try? String(decoding: outcome.json(at: 1, limit: 100), as: UTF8.self)
    }
    task.start()
    waiting?.resume(json: Array("{\"n\":2}".utf8))
    #expect(result == "{\"sum\":3}")
  }
}
