import Testing

@testable import Host

@Suite struct JSONSyntaxTests {
  @Test(
    "What is one JSON value is taken",
    arguments: [
      "1", " -0.5e+10 ", "0", "1E5", "true", "false", "null", #""""#, #""a\"\\\/\b\f\n\r\tä\u00e4\uD83D""#, "[]", "{}", "[ ]",
      "{ }",
      #"{"a":1,"b":[1,2,{"c":null}],"":""}"#, "\t[\r\n1 , 2 ]\n", "[[[]]]", #"{"a":{"a":{}}}"#,
      String(repeating: "[", count: 512) + String(repeating: "]", count: 512),
    ])
  func values(text: String) { #expect(JSONSyntax.isValue(Array(text.utf8))) }

  @Test(
    "Anything else is not",
    arguments: [
      "", " ", "1 2", "01", "-", "+1", ".5", "1.", "1e", "1e+", "tru", "truex", "True", "nul", "'a'", #"""#, #""\x""#,
      #""\u12g4""#,
      #""\u12"#, "\"\u{1}\"", "\"a\nb\"", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{", "{1:2}", #"{"a"}"#, #"{"a":}"#,
      #"{"a":1,}"#, #"{"a":1"#, #"{"a":1]"#, "[1}", #"{"a" 1}"#, "NaN", "[1]]", "//", "\u{feff}1",
      String(repeating: "[", count: 514) + String(repeating: "]", count: 514),
    ])
  func others(text: String) { #expect(!JSONSyntax.isValue(Array(text.utf8))) }

  @Test func bytesThatAreNoTextAreNoValue() {
    #expect(!JSONSyntax.isValue([0x22, 0xff, 0x22]))
    #expect(!JSONSyntax.isValue([0x22, 0xed, 0xa0, 0x80, 0x22]))
  }
}
