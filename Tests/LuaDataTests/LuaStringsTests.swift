import Foundation
import Lua
import Testing

@Suite struct LuaStringsTests {
  private static let script = Bundle.module.url(forResource: "strings", withExtension: "lua")

  /// What the script prints under the stock interpreter, by the same seed.
  private func stock(seed: Int) throws -> [String] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/lua5.4")
    process.arguments = [try #require(Self.script).path, String(seed)]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  private func ours(seed: Int) throws -> [String] {
    let state = try LuaState()
    var lines: [String] = []
    let write = try state.function("print") { call in
      lines.append(try call.string(1))
      return call.returns()
    }
    let source = try Data(contentsOf: try #require(Self.script))
    try state.globals.rawSet("print", write)
    try state.load([UInt8](source), name: "strings.lua").call(seed)
    return lines
  }

  @Test(arguments: [1, 2, 3])
  func everyFunctionAnswersAsTheStockLibraryDoes(seed: Int) throws {
    let expected = try stock(seed: seed)
    let found = try ours(seed: seed)
    #expect(expected.count > 3000)
    #expect(expected.count == found.count)
    for (expected, found) in zip(expected, found) where expected != found {
      Issue.record("stock: \(expected)\n ours: \(found)")
      return
    }
  }

  @Test(arguments: [
    "(('a'):rep(200)):find(('a-'):rep(8) .. 'b')", "(('a'):rep(200)):match(('a*'):rep(8) .. 'b')",
    "(('a'):rep(200)):gsub(('a?'):rep(150) .. 'b', '')",
    "(('a'):rep(30000)):find('.-.-b')", "(('('):rep(100000)):gsub('%b()', '')", "while true do ('x'):rep(1000000) end",
    "for _ in (('a'):rep(200)):gmatch(('a-'):rep(8) .. 'b') do end", "while true do pcall(string.rep, 'x', 1 << 30) end",
    "local t = {} for i = 1, 200000 do t[i] = 1e300 end while true do ('%99.99f'):rep(200000):format(table.unpack(t)) end",
    "while true do pcall(string.find, ('a'):rep(200), ('a-'):rep(8) .. 'b') end",
    "while true do local s = ('x'):rep(10000000):upper():reverse() end",
  ])
  func noStringFunctionOutlivesTheTimeLimit(source: String) throws {
    var limits = LuaLimits()
    limits.time = .milliseconds(100)
    let state = try LuaState(limits: limits)
    let function = try state.load(source, name: "t")
    let clock = ContinuousClock()
    let start = clock.now
    let error = try #require(throws: LuaError.self) { try function.call() }
    #expect(error.kind == .timeLimit, "\(error)")
    #expect(clock.now - start < .milliseconds(1500))
  }

  @Test(arguments: [
    "('x'):rep(1 << 30)", "('x'):rep(1 << 62)", "(''):rep(1 << 62)", "('ab'):rep(1 << 28, ',')",
    "('x'):rep(1 << 20):gsub('.', ('y'):rep(1 << 20))",
  ])
  func resultsThatCannotFitAreRefusedAtOnce(source: String) throws {
    let state = try LuaState()
    let clock = ContinuousClock()
    let start = clock.now
    _ = try? state.load("local s = \(source)", name: "t").call()
    #expect(clock.now - start < .seconds(1))
    #expect(state.memoryInUse < 200 << 20)
  }

  @Test func methodsOfStringsCannotBeReplaced() throws {
    let state = try LuaState()
    try state.load(
      """
      assert(getmetatable('') == false)
      string.upper = function() return 'mine' end
      assert(('a'):upper() == 'A' and ('10' + 1) == 11 and string.dump == nil and ('').dump == nil)
      assert(not pcall(function() local s = '' s.x = 1 end))
      """, name: "t"
    ).call()
  }
}
