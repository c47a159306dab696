import Testing

@testable import Lua

@Suite struct CallTests {
  @Test func aLoadedFunctionIsCalledWithArgumentsAndResults() throws {
    let state = try LuaState()
    let add = try state.load("local a, b = ... return a + b", name: "add")
    #expect(try add.call(2, 3, returning: Int.self) == 5)
    let greeting: String = try state.load("return 'hello ' .. ...", name: "greet").call("moon")
    #expect(greeting == "hello moon")
  }

  @Test func aHostFunctionIsCalledByAScript() throws {
    let state = try LuaState()
    let double = try state.function("double") { call in try call.returns(call.integer(1) * 2) }
    try state.globals.set("double", double)
    #expect(try state.load("return double(21)", name: "x").call(returning: Int.self) == 42)
  }

  @Test func aBadArgumentNamesFunctionPositionAndTypes() throws {
    let state = try LuaState()
    try state.globals.set("double", try state.function("double") { call in try call.returns(call.integer(1) * 2) })
    let script = try state.load("\nreturn double('x')", name: "x.lua")
    let error = #expect(throws: LuaError.self) { try script.call() }
    #expect(error?.kind == .runtime)
    #expect(error?.message == "x.lua:2: bad argument #1 to 'double' (integer expected, got string)")
    #expect(error?.traceback?.contains("x.lua:2: in main chunk") == true)
  }

  @Test func aTaskWaitsAndGoesOn() throws {
    let state = try LuaState()
    var waiting: [LuaSuspension] = []
    try state.globals.set("wait", try state.function("wait") { call in try call.suspend { waiting.append($0) } })
    let script = try state.load("local a = ... local b = wait() return a + b", name: "x")
    var result: Int?
    let task = try state.task(script, { try $0.push(40) }) { outcome in result = try? outcome.result(1) }
    task.start()
    #expect(waiting.count == 1 && result == nil && task.isWaiting)
    waiting[0].resume(returning: 2)
    #expect(result == 42 && task.isFinished)
  }

  @Test func anEndlessLoopMeetsItsTimeLimit() throws {
    let state = try LuaState(limits: LuaLimits(time: .milliseconds(50)))
    let script = try state.load("while true do end", name: "loop.lua")
    let start = ContinuousClock.now
    let error = #expect(throws: LuaError.self) { try script.call() }
    #expect(error?.kind == .timeLimit)
    #expect(error?.message == "loop.lua:1: time limit exceeded")
    #expect(ContinuousClock.now - start < .milliseconds(200))
  }
}
