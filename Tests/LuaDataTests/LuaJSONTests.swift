import CLua
import Lua
import Testing

@Suite struct LuaJSONTests {
  private func text(_ tape: LuaTape) throws -> String { String(decoding: try tape.json(), as: UTF8.self) }

  @Test(arguments: [
    ("null", "null"), (" true ", "true"), ("false", "false"), ("0", "0"), ("-0", "0"), ("1.0", "1.0"), ("-0.0", "-0.0"),
    ("1e2", "100.0"), ("9223372036854775807", "9223372036854775807"), ("-9223372036854775808", "-9223372036854775808"),
    ("9223372036854775808", "9.223372036854776e+18"), ("36028797018963968", "36028797018963968"), ("0.1", "0.1"),
    ("1e-7", "1e-7"), ("1E+300", "1e+300"), ("5e-324", "5e-324"), ("1.7976931348623157e308", "1.7976931348623157e+308"),
    ("123456789012345678901234567890", "1.2345678901234568e+29"), ("0.00001", "0.00001"), ("1e-400", "0.0"),
    ("[]", "[]"), ("{}", "{}"), ("[ 1 , [ ] , { } ]", "[1,[],{}]"), (#"{"a":{"b":[1,2]}}"#, #"{"a":{"b":[1,2]}}"#),
    (#""\u00e9\ud83d\ude00\n\"\\\/""#, "\"é😀\\n\\\"\\\\/\""), (#""\u0000\u001f""#, #""\u0000\u001f""#), (#""ab€""#, #""ab€""#),
    (#"{"a":1,"a":2}"#, #"{"a":2}"#), (#"{"a":1,"b":2,"a":{"c":3}}"#, #"{"b":2,"a":{"c":3}}"#),
    (#""a string that is longer than eight bytes é and more""#, #""a string that is longer than eight bytes é and more""#),
  ])
  func aTextComesBackInItsShortestForm(text source: String, expected: String) throws {
    #expect(try text(LuaTape(json: Array(source.utf8))) == expected)
  }

  @Test(arguments: [
    ("", 1, 1), ("  ", 1, 3), ("nul", 1, 1), ("[1,]", 1, 4), ("[1 2]", 1, 4), ("{\"a\" 1}", 1, 6), ("{a:1}", 1, 2),
    ("{\"a\":1,}", 1, 8),
    ("01", 1, 1), ("-", 1, 2), ("1.", 1, 3), (".5", 1, 1), ("1e", 1, 3), ("+1", 1, 1), ("1e999", 1, 1), ("NaN", 1, 1),
    ("\"", 1, 2), ("\"a\u{1}\"", 1, 3), ("\"\\x\"", 1, 2), ("\"\\u12g4\"", 1, 4), ("\"\\ud800\"", 1, 4), ("\"\\udc00\"", 1, 4),
    ("\"\\", 1, 3), ("[1]\n\n x", 3, 2), ("{\n  \"a\": [\n    1,\n    oops\n  ]\n}", 4, 5), ("\u{FEFF}1", 1, 1), ("[1}", 1, 3),
  ])
  func whatIsNoJSONIsRefusedWithItsPlace(source: String, line: Int, column: Int) throws {
    let error = try #require(throws: LuaDataError.self) { try LuaTape(json: Array(source.utf8)) }
    #expect(error.code == .syntax)
    #expect([error.line, error.column] == [line, column], "\(error)")
  }

  @Test(
    arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0xF0, 0x80, 0x80, 0x80]]
      as [[UInt8]])
  func aStringThatIsNoUTF8IsRefused(bytes: [UInt8]) throws {
    let error = try #require(throws: LuaDataError.self) { try LuaTape(json: [0x22, 0x61] + bytes + [0x22]) }
    #expect(error.code == .syntax)
    #expect(error.offset == 2)
  }

  @Test func depthIsBounded() throws {
    let fine = String(repeating: "[", count: 128) + String(repeating: "]", count: 128)
    #expect(try text(LuaTape(json: Array(fine.utf8))) == fine)
    let error = try #require(throws: LuaDataError.self) { try LuaTape(json: Array(repeating: 0x5B, count: 1_000_000)) }
    #expect(error.code == .depth)
  }

  @Test func sizeIsBounded() throws {
    let long = Array("\"\(String(repeating: "x", count: 1000))\"".utf8)
    #expect(try #require(throws: LuaDataError.self) { try LuaTape(json: long, limit: 500) }.code == .limit)
    let tape = try LuaTape(json: long)
    #expect(try #require(throws: LuaDataError.self) { try tape.json(limit: 1001) }.code == .limit)
    #expect(try tape.json(limit: 1002).count == 1002)
  }

  @Test func manyEqualKeysLeaveTheLastOfEach() throws {
    var source = "{"
    for i in 0..<2000 { source += "\"key\(i % 700)\":\(i)," }
    source += "\"end\":true}"
    let values = try LuaTape(json: Array(source.replacingEnd().utf8)).decode([String: Int].self)
    #expect(values.count == 700)
    for (key, value) in values { #expect(Int(key.dropFirst(3)).map { value % 700 == $0 && value >= 1300 } == true) }
  }

  @Test func prettyTextIsIndented() throws {
    let tape = try LuaTape(json: Array(#"{"a":[1,{"b":[]}],"c":{}}"#.utf8))
    #expect(
      String(decoding: try tape.json(pretty: true), as: UTF8.self) == """
        {
          "a": [
            1,
            {
              "b": []
            }
          ],
          "c": {}
        }
        """)
  }

  @Test func whatJSONCannotExpressIsRefusedWithItsPath() throws {
    let numbers = ["scores": [1, .infinity]] as [String: [Double]]
    let error = try #require(throws: LuaDataError.self) { try LuaJSON.encode(numbers) }
    #expect(error.code == .refused)
    #expect(error.message == ".scores[2]: a number that is not finite has no JSON form")
  }

  @Test func everyDoubleComesBackAsItWas() throws {
    var random = Seeded(seed: 7)
    for _ in 0..<20000 {
      let value = Double(bitPattern: random.next())
      guard value.isFinite else { continue }
      let text = try LuaJSON.encode([value])
      #expect(try LuaJSON.decode([Double].self, from: text)[0].bitPattern == value.bitPattern)
      #expect(text.count <= value.description.utf8.count + 4)
    }
  }
}

extension String {
  /// Turns the closing `"end":true` of the test text into nothing.
  fileprivate func replacingEnd() -> String { String(dropLast(",\"end\":true}".count)) + "}" }
}
