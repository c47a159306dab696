import Testing

@testable import Runner

@Suite struct QueryTextTests {
  @Test(
    arguments: [
      ("", [:]), ("a=1", ["a": "1"]), ("a=1&b=2", ["a": "1", "b": "2"]), ("a", ["a": ""]), ("a=", ["a": ""]), ("=1", ["": "1"]),
      ("&&a=1&", ["a": "1"]), ("a=b=c", ["a": "b=c"]), ("a%20b=c+d", ["a b": "c d"]), ("a=%c3%A4", ["a": "ä"]),
      ("a=%", ["a": "%"]), ("a=%4", ["a": "%4"]), ("a=%zz%41", ["a": "%zzA"]), ("a=%ff", ["a": "\u{fffd}"]),
      ("a=%00", ["a": "\0"]),
    ] as [(String, KeyValuePairs<String, String>)])
  func aQueryIsTakenApart(query: String, parameters: KeyValuePairs<String, String>) {
    #expect(QueryText.parameters(query) == parameters.map { .init(name: $0.key, value: $0.value) })
  }
}
