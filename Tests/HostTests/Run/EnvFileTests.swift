import Testing

@testable import Host

@Suite struct EnvFileTests {
  @Test(arguments: [
    ("A=1", ["A": "1"]), ("export A = 1 ", ["A": "1"]), ("A=\"x # y\"", ["A": "x # y"]), ("A='b c' # d", ["A": "b c"]),
    ("A=b # c", ["A": "b"]), ("A=b#c", ["A": "b#c"]), ("# nothing\n\n A=1\r\nB=", ["A": "1", "B": ""]), ("", [:]),
    ("A=1\nA=2", ["A": "2"]), ("A=x=y", ["A": "x=y"]),
  ])
  func readsWhatPeopleWrite(text: String, variables: [String: String]) throws {
    #expect(try EnvFile(parsing: text).variables == variables)
  }

  @Test(arguments: [
    ("A", 1, "expected NAME=value"), ("\n1A=2", 2, "'1A' is no variable name: use letters, digits and '_'"),
    ("A=\"b", 1, "the quote \" is never closed"), ("=x", 1, "'' is no variable name: use letters, digits and '_'"),
  ])
  func saysWhereALineIsWrong(text: String, line: Int, message: String) {
    #expect(throws: EnvFile.Problem(line: line, message: message)) { try EnvFile(parsing: text) }
  }
}
