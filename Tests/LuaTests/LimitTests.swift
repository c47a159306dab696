import Dispatch
import Testing

@testable import Lua

@Suite(.serialized) struct LimitTests {
  /// Uses every kind of allocation: strings, tables, closures, coroutines, host functions and host errors.
  private static let hungry = """
    local t = {}
    for i = 1, 300 do
      t[i] = {name = ('x'):rep(i), f = function() return i end, co = coroutine.wrap(function() coroutine.yield(i) end)}
      t[i].co()
      t[i].text = give('text ' .. i)
      local ok, e = pcall(fail)
      t[i].e = tostring(e)
    end
    table.sort(t, function(a, b) return #a.name > #b.name end)
    return table.concat({t[1].text, t[2].e})
    """

  @Test func everyMemoryLimitFailsCleanlyAndLeaksNothing() throws {
    let living = Living()
    var failed = 0, passed = 0
    for limit in stride(from: 4_000, through: 900_000, by: 1_111) {
      guard let worked = try? attempt(limit, living) else { continue }
      if worked { passed += 1 } else { failed += 1 }
    }
    print("memory sweep: \(failed) limits failed, \(passed) passed")
    #expect(failed > 200 && passed > 10)
    #expect(living.count == 0)
  }

  private func attempt(_ limit: Int, _ living: Living) throws -> Bool {
    let state = try LuaState(limits: LuaLimits(memory: limit))
    let held = Witness(living)
    try state.globals.set(
      "give",
      try state.function("give") { [held] call in
        _ = held
        return try call.returns(call.string(1))
      })
    try state.globals.set("fail", try state.function("fail") { _ in throw Witness(living) })
    let script = try state.load(Self.hungry, name: "hungry")
    do {
      let text: String = try script.call()
      #expect(text.hasPrefix("text "))
      return true
    } catch {
      // The limit may hit inside a message that the script then compares or joins: then it is an ordinary error.
      #expect([.memoryLimit, .runtime, .host].contains(error.kind), "\(error)")
      #expect(state.memoryInUse <= limit + limit / 2 + 8192)
      return false
    }
  }

  @Test func aScriptCanCatchAMemoryErrorAndGoOn() throws {
    let state = try LuaState(limits: LuaLimits(memory: 4 << 20))
    let source = "local ok, e = pcall(function() return ('x'):rep(100 << 20) end) return tostring(ok) .. ' ' .. e"
    #expect(try state.load(source, name: "x").call(returning: String.self) == "false not enough memory")
    let error = #expect(throws: LuaError.self) {
      try state.load("local t = {} while true do t[#t + 1] = {} end", name: "x").call()
    }
    #expect(error?.kind == .memoryLimit)
    #expect(try state.load("return 1", name: "x").call(returning: Int.self) == 1)
  }

  @Test func aHostFunctionMayFinishAboveTheLimitButTheScriptIsStopped() throws {
    let state = try LuaState(limits: LuaLimits(memory: 1 << 20))
    let big = [UInt8](repeating: 120, count: 1_200_000)
    try state.globals.set("big", try state.function("big") { call in try call.returns(big) })
    let error = #expect(throws: LuaError.self) { try state.load("local s = big() return #s", name: "x").call() }
    #expect(error?.kind == .memoryLimit)
    let huge = [UInt8](repeating: 120, count: 3_000_000)
    try state.globals.set("huge", try state.function("huge") { call in try call.returns(huge) })
    let refused = #expect(throws: LuaError.self) { try state.load("huge()", name: "x").call() }
    #expect(refused?.kind == .memoryLimit)
  }

  @Test func anInterrupterStopsWhatRunsFromAnotherThread() throws {
    let state = try LuaState()
    let interrupter = state.interrupter
    interrupter.interrupt()
    #expect(try state.load("return 1", name: "x").call(returning: Int.self) == 1)
    for source in ["while true do end", "while true do pcall(coroutine.wrap(function() while true do end end)) end"] {
      let script = try state.load(source, name: "x")
      DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(30)) { interrupter.interrupt() }
      let error = #expect(throws: LuaError.self) { try script.call() }
      #expect(error?.kind == .interrupted && error?.message == "x:1: interrupted")
    }
  }

  @Test func anInterrupterOutlivesItsState() throws {
    let interrupter = try LuaState().interrupter
    interrupter.interrupt()
  }

  @Test func referencesAreReleasedOnAnyThread() throws {
    let state = try LuaState()
    let make = try state.load("return {}", name: "x")
    let before = state.memoryInUse
    let group = DispatchGroup()
    for _ in 0..<200 {
      nonisolated(unsafe) var tables = try (0..<50).map { _ in try make.call(returning: LuaTable.self) }
      group.enter()
      DispatchQueue.global().async {
        tables.removeAll()
        group.leave()
      }
      try make.call()
    }
    group.wait()
    try make.call()
    state.collectGarbage()
    #expect(state.memoryInUse < before + 600_000)
  }

  @Test func aNestedCallSharesTheBudgetOfItsRun() throws {
    let state = try LuaState(limits: LuaLimits(time: .milliseconds(50)))
    let spin = try state.load("while true do end", name: "spin")
    try state.globals.set(
      "nested",
      try state.function("nested") { call in
        try spin.call(); return call.returns()
      })
    let start = ContinuousClock.now
    let error = #expect(throws: LuaError.self) { try state.load("while true do pcall(nested) end", name: "x").call() }
    #expect(error?.kind == .timeLimit)
    #expect(ContinuousClock.now - start < .milliseconds(350))
  }

  @Test func deepRecursionIsAnError() throws {
    let state = try LuaState(limits: LuaLimits(memory: 256 << 20, time: .seconds(5)))
    let call = try state.function("again") { call in
      try call.function(1).call(); return call.returns()
    }
    try state.globals.set("again", call)
    for source in ["local function f() return 1 + f() end f()", "local function f() again(f) end f()"] {
      let error = #expect(throws: LuaError.self) { try state.load(source, name: "x").call() }
      #expect(error?.message.contains("stack overflow") == true, "\(String(describing: error))")
    }
  }

  @Test func statesOnManyThreadsMeetTheirOwnDeadlines() async throws {
    await withTaskGroup(of: Bool.self) { group in
      for number in 0..<8 {
        group.addTask {
          guard let state = try? LuaState(limits: LuaLimits(time: .milliseconds(20 + number * 5))),
            let spin = try? state.load("while true do end", name: "x")
          else { return false }
          for _ in 0..<3 {
            do throws(LuaError) { try spin.call() } catch { if error.kind != .timeLimit { return false } }
          }
          return true
        }
      }
      for await worked in group { #expect(worked) }
    }
  }
}
