import Testing

@testable import Commands

@Suite struct JSONTextTests {
  @Test(
    arguments: [
      ("{}", .object), (" [ ] ", .list), (#"{"a":{"b":[1,2,{"c":null}]},"d":"e"}"#, .object), ("true", .boolean), ("null", .null),
      ("-0.5E-10", .number), ("0", .number), ("1e9", .number), (#""\u00e4\n\"""#, .text), ("\"ä\"", .text),
      ("{", nil), ("{\"a\"}", nil), ("{\"a\":1,}", nil), ("{a:1}", nil), ("[1,]", nil), ("[1 2]", nil), ("01", nil), ("-", nil),
      ("1.", nil), (".5", nil), ("+1", nil), ("1e", nil), ("\"a", nil), ("\"\n\"", nil), (#""\x""#, nil), (#""\u12g4""#, nil),
      ("tru", nil), ("true false", nil), ("", nil), (" ", nil), ("nan", nil), ("\u{FEFF}{}", nil),
    ] as [(String, JSONText.Kind?)])
  func onlyWhatIsJSONIsTakenAsSuch(text: String, kind: JSONText.Kind?) {
    #expect(JSONText(text)?.kind == kind)
  }

  @Test func nestingHasALimit() {
    let (open, close) = (String(repeating: "[", count: 511), String(repeating: "]", count: 511))
    #expect(JSONText(open + "1" + close) != nil)
    #expect(JSONText(String(repeating: "[", count: 1_000_000)) == nil)
    #expect(JSONText("[[" + open + close + "]]") == nil)
  }

  @Test func aMemberALineInTheOrderAndTheFormOfTheApp() throws {
    let text = try #require(JSONText(#"{"z": [1.0, {"a" : "x,{:}\"["} , [] ],"b":{},  "c":{"d":[ ]} ,"e":true}"#))
    #expect(
      text.indented() == """
        {
          "z": [
            1.0,
            {
              "a": "x,{:}\\"["
            },
            []
          ],
          "b": {},
          "c": {
            "d": []
          },
          "e": true
        }
        """)
    #expect(JSONText(text.indented())?.indented() == text.indented())
    #expect(JSONText(" 5 ")?.indented() == "5")
  }

  @Test(arguments: ["", "plain", "ä\u{1F319}", "\"\\\n\r\t\u{0}\u{1F}", "</script>"]) func textIsQuotedSoThatItReadsBack(
    text: String
  ) {
    let quoted = JSONText(quoting: text)
    #expect(JSONText(quoted.text) == quoted)
  }
}
