import Testing

@Suite struct SizeTests {
  @Test func aFileIsAtMost400Lines() throws {
    let files = try Repository.files(in: ["Sources", "Tests"], endings: [".swift", ".c", ".h"])
    var long: [String: Int] = [:]
    for file in files {
      let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false).count - 1
      if lines > Ratchet.fileLinesMax { long[file.path] = lines }
    }
    #expect(long == Ratchet.files)
  }

  @Test func aFunctionFitsOnAScreen() throws {
    var long: [String: Int] = [:]
    for file in try Repository.files(in: ["Sources", "Tests"], endings: [".swift"]) {
      for function in SwiftSource(file.text).functions where function.lines > Ratchet.functionLinesMax {
        long["\(file.path): \(function.name)"] = function.lines
      }
    }
    #expect(long == Ratchet.functions)
  }

  @Test func functionsAreMeasuredFromTheirFirstLineToTheirLastBrace() {
    let source = SwiftSource(
      """
      func one() { "}" }
      protocol P {
        func required(
          a: Int
        ) -> Int
        var x: Int { get }
      }
      func two(
        _ body: () -> Void = { }  // {
      ) {
        if true {
        }
      }
      var three: Int {
        /* } */ 1
      }
      init?() {
        print("\\(three { 1 }) {")
      }
      """)
    let expected = [("one", 1), ("two", 6), ("three", 3), ("init", 3)]
    #expect(source.functions.map(\.name) == expected.map(\.0))
    #expect(source.functions.map(\.lines) == expected.map(\.1))
  }

  @Test func importsAreFoundInEveryForm() {
    let source = SwiftSource("import A\npublic import B\n@testable import C\nimport struct D.E\n// import F\n\"import G\"\n")
    #expect(source.imports == ["A", "B", "C", "D"])
  }
}
