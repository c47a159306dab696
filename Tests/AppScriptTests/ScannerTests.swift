import Testing

@testable import AppScript

private func scan(_ source: String) -> SourceScanner { SourceScanner(Array(source.utf8)) }

@Suite struct ScannerTests {
  @Test func findsKeysAndValuesOfAnApp() throws {
    let source = """
      --- Counts words
      --- and more
      local app = app "words" {
        keep_alive = "60s", -- a comment, with = and {
        machine_type = { "S", 'M' },
        ["auth"] = [[public]];
        health = { path = "/h" },
      }
      """
    let call = try #require(scan(source).calls.first)
    let table = try #require(call.table)
    #expect(call.kind == .app && call.name == "words" && call.doc == "Counts words" && call.lines == 3...8)
    #expect(call.nameSpan == SourceSpan(line: 3, column: 17, length: 7))
    #expect(table.field("keep_alive")?.keySpan == SourceSpan(line: 4, column: 3, length: 10))
    #expect(table.field("keep_alive")?.value.span == SourceSpan(line: 4, column: 16, length: 5))
    #expect(table.field("machine_type")?.value.table.first?.items.map(\.span.column) == [20, 25])
    #expect(table.field("auth")?.keySpan == SourceSpan(line: 6, column: 4, length: 6))
    #expect(table.field("health")?.value.table.first?.field("path")?.value.span.length == 4)
  }

  @Test func stepsOverFunctionsAndExpressionsInTables() throws {
    let source = """
      app "a" {
        analyse = { success = function(m) if m.a then return 1, 2 end for i = 1, 2 do f{ i, 2 } end repeat x() until y, z end,
          every = "5s" },
        env = { A = ("x"):rep(2, ","), B = a[1], C = f { 1, 2 } .. "}" },
        last = 1
      }
      """
    let table = try #require(scan(source).calls.first?.table)
    #expect(table.fields.map(\.key) == ["analyse", "env", "last"])
    let analyse = try #require(table.field("analyse")?.value.table.first)
    #expect(analyse.fields.map(\.key) == ["success", "every"])
    #expect(table.field("env")?.value.table.first?.fields.map(\.key) == ["A", "B", "C"])
  }

  @Test func findsEndpointsWithTheirOptions() throws {
    let source = """
      app:endpoint("/", function(input, request) return { a = 1 } end)
      app:endpoint("/stream", { stream = true }, function() end)
      app:endpoint(name, function() end)
      """
    let calls = scan(source).calls
    #expect(calls.map(\.name) == ["/", "/stream", nil])
    #expect(calls[0].table == nil && calls[1].table?.field("stream")?.keySpan == SourceSpan(line: 2, column: 27, length: 6))
    #expect(calls.map(\.nameSpan.column) == [14, 14, 14])
  }

  @Test func findsNamesOfModulesAndFiles() {
    let source = """
      local count = require "lib.count"
      local other = require("other")
      -- require "comment"
      local text = "require 'string'"
      local stop = json.decode(files.read("stop.json")) files.exists "x" files.list('words') myfiles.read("no")
      """
    let scanner = scan(source)
    #expect(scanner.modules == ["lib.count", "other"])
    #expect(scanner.files == ["stop.json", "x", "words"])
  }

  @Test(arguments: [
    ("\"a\\n\\65\\x41\\u{41}\\z  \n b\"", "a\nAAAb"), ("'it\\'s'", "it's"), ("[==[\nlong ]] ]==]", "long ]] "), ("[[]]", ""),
  ])
  func readsStringsAsLuaDoes(literal: String, text: String) {
    #expect(scan("f \(literal)").tokens.last?.text == text)
  }

  @Test(arguments: [
    "app \"x\" {", "app \"x\" { a = ", "app \"x\" { \"", "app [[", "app \"x\" { a = function( }", "--[[ never", "app:endpoint(",
    "app \"x\" }}}}", "app \"x\" { [ = 1 }", "\u{0}app 'x", "app \"x\" { end end }", "machine", "app \"\\u{\"", "\"\\x\"",
  ])
  func brokenSourceDoesNoHarm(source: String) {
    _ = scan(source)
  }

  @Test func repeatedKeysAreKnown() throws {
    let table = try #require(scan("app \"x\" { a = 1, b = 2, a = 3 }").calls.first?.table)
    #expect(table.repeated.map(\.keySpan.column) == [11])
    #expect(table.field("a")?.keySpan.column == 25)
  }

  @Test func hostileSourceTakesLinearTime() {
    let open = String(repeating: "app \"x\" {", count: 10_000)
    let start = ContinuousClock.now
    _ = scan(open)
    _ = scan(String(repeating: "{", count: 50_000))
    _ = scan("app \"x\"" + String(repeating: "{", count: 50_000))
    #expect(ContinuousClock.now - start < .seconds(10))
  }
}
