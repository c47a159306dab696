import Testing

@testable import Lua

@Suite struct FieldOrderTests {
  private func json(_ source: String) throws -> String {
    let state = try LuaState()
    let table: LuaTable = try state.load("return \(source)", name: "x").call()
    let text = String(decoding: try table.json(), as: UTF8.self)
    #expect(String(decoding: try table.tape().json(), as: UTF8.self) == text)
    return text
  }

  @Test(arguments: [
    ("{ b = 1, a = 2 }", #"{"a":2,"b":1}"#),
    ("{ only = true }", #"{"only":true}"#),
    (
      "{ zebra = {}, apple = { y = 1, x = 'a longer text than a step' }, Apple = 1, [''] = 0, ['apple pie'] = 2, apples = 3 }",
      #"{"":0,"Apple":1,"apple":{"x":"a longer text than a step","y":1},"apple pie":2,"apples":3,"zebra":{}}"#
    ),
    (
      "{ samebegin = 1, samebegia = 2, samebegi = 3, samebeg = 4, ['samebegi\\0'] = 5, ['ü'] = 6, z = 7 }",
      #"{"samebeg":4,"samebegi":3,"samebegi\u0000":5,"samebegia":2,"samebegin":1,"z":7,"ü":6}"#
    ),
    ("{ { abcd = 1, abce = 2, abcdef = 3, abcdeg = 4, abc = 5 } }", #"[{"abc":5,"abcd":1,"abcdef":3,"abcdeg":4,"abce":2}]"#),
  ])
  func namesAreInTheOrderOfTheirBytes(source: String, text: String) throws {
    for _ in 0..<20 { #expect(try json(source) == text) }
  }

  @Test(arguments: [2, 3, 17, 63, 64])
  func everyStateWritesTheSameBytes(count: Int) throws {
    let names = (1...count).map { "name\($0 * 7919 % 1000)" }
    let source = "{ \(names.map { "\($0) = { value = '\($0)', \($0) = 1 }" }.joined(separator: ", ")) }"
    let fields = Set(names).sorted().map { $0 < "value" ? #""\#($0)":{"\#($0)":1,"value":"\#($0)"}"# : "" }
    for _ in 0..<10 { #expect(try json(source) == "{\(fields.joined(separator: ","))}") }
  }

  @Test func objectsWithMoreNamesAreWrittenAsTheyCome() throws {
    let state = try LuaState()
    let table: LuaTable = try state.load("local t = {} for i = 1, 65 do t['n' .. i] = i end return t", name: "x").call()
    let text = try table.json()
    let again: [String: Int] = try LuaJSON.decode([String: Int].self, from: text)
    #expect(again.count == 65)
    #expect(again.allSatisfy { $0.key == "n\($0.value)" })
  }

  @Test func prettyTextIsInOrderToo() throws {
    let state = try LuaState()
    try state.openJSON()
    let script = try state.load("return json.encode({ b = { d = 1, c = 2 }, a = {} }, { pretty = true })", name: "x")
    for _ in 0..<5 {
      #expect(try script.call(returning: String.self) == "{\n  \"a\": {},\n  \"b\": {\n    \"c\": 2,\n    \"d\": 1\n  }\n}")
    }
  }

  @Test func theLimitHoldsWhateverTheOrder() throws {
    for _ in 0..<20 {
      let state = try LuaState()
      let source = "return { b = ('x'):rep(300), a = { d = ('x'):rep(300), c = 1 }, c = 1, d = 2 }"
      let table: LuaTable = try state.load(source, name: "x").call()
      let size = try table.json().count
      for limit in [size - 1, size - 2, size / 2] {
        let error = #expect(throws: LuaError.self) { try table.json(limit: limit) }
        #expect((error?.underlying as? LuaDataError)?.code == .limit)
      }
      // Room is reserved for the longest number.
      #expect(try table.json(limit: size + 32).count == size)
    }
  }
}
