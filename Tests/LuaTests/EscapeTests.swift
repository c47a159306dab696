import Testing

@testable import Lua

/// A way by which a script could outrun a naive count hook.
struct Escape: Sendable, CustomTestStringConvertible {
  var name: String
  var source: String
  /// Whether it is refused at once instead of being stopped at the deadline.
  var isRefused = false
  var testDescription: String { name }

  static let all: [Escape] = [
    Escape(name: "an endless loop", source: "while true do end"),
    Escape(name: "pcall in a loop", source: "while true do pcall(function() while true do end end) end"),
    Escape(name: "xpcall with a looping handler", source: "xpcall(error, function() while true do end end)"),
    Escape(
      name: "xpcall whose handler loops after the abort",
      source: "while true do xpcall(function() while true do end end, function() while true do end end) end"),
    Escape(
      name: "coroutine.wrap with a looping __close",
      source: """
        local f = coroutine.wrap(function()
          local x <close> = setmetatable({}, {__close = function() while true do end end})
          while true do end
        end)
        f()
        """),
    Escape(
      name: "a looping __close",
      source: """
        local x <close> = setmetatable({}, {__close = function() while true do end end})
        while true do end
        """),
    Escape(
      name: "a looping __gc",
      source: "setmetatable({}, {__gc = function() while true do end end}) while true do local t = {} end", isRefused: true),
    Escape(
      name: "many short coroutines",
      source: "while true do coroutine.wrap(function() for i = 1, 10 do end end)() end"),
    Escape(name: "string.rep beyond memory", source: "return ('').rep('x', 1 << 62)", isRefused: true),
    Escape(name: "string.rep of nothing", source: "while true do (''):rep(1 << 62) end"),
    Escape(name: "table.move", source: "table.move({}, 1, 1 << 62, 2)"),
    Escape(
      name: "table.insert with a huge __len",
      source: "table.insert(setmetatable({}, {__len = function() return 1 << 62 end}), 1, 1)"),
    Escape(
      name: "table.remove with a huge __len",
      source: "table.remove(setmetatable({}, {__len = function() return 1 << 62 end}), 1)"),
    Escape(
      name: "table.concat",
      source: """
        local t = setmetatable({}, {__len = function() return 1 << 62 end, __index = function() return '' end})
        table.concat(t)
        """),
    Escape(
      name: "table.sort with a comparator that loops",
      source: "table.sort({3, 2, 1}, function() while true do end end)"),
    Escape(
      name: "table.sort of a virtual table",
      source: """
        local t = setmetatable({}, {__len = function() return 1 << 30 end, __index = function(_, i) return -i end,
          __newindex = function() end})
        table.sort(t)
        """),
    Escape(
      name: "table.unpack in a loop",
      source: "local t = {} while true do pcall(table.unpack, t, 1, 900000) end"),
    Escape(
      name: "pattern backtracking", source: "return (('a'):rep(200)):find((('a-'):rep(8)) .. 'b')"),
    Escape(
      name: "gsub with a callback that loops", source: "('x'):gsub('x', function() while true do end end)"),
    Escape(
      name: "a chain of coroutine.close",
      source: """
        local co = coroutine.create(function() end)
        for i = 1, 20000 do
          local inner = co
          co = coroutine.create(function()
            local x <close> = setmetatable({}, {__close = function() coroutine.close(inner) end})
            coroutine.yield()
          end)
          coroutine.resume(co)
        end
        coroutine.close(co)
        while true do end
        """),
    Escape(
      name: "coroutine.close that loops",
      source: """
        local co = coroutine.create(function()
          local x <close> = setmetatable({}, {__close = function() while true do end end})
          coroutine.yield()
        end)
        coroutine.resume(co)
        while true do coroutine.close(co) end
        """),
    Escape(
      name: "utf8.len of a long string",
      source: "local s = ('x'):rep(30000000) while true do utf8.len(s) end"),
    Escape(
      name: "utf8.offset of a long string",
      source: "local s = ('x'):rep(30000000) while true do utf8.offset(s, 29999999) end"),
    Escape(
      name: "load of a large text",
      source: "local s = ('local a = {{{{1}}}} '):rep(150) while true do load(s) end"),
    Escape(
      name: "load with a reader that never ends", source: "load(function() return ' ' end)"),
    Escape(name: "recursive pcall", source: "local function f() pcall(f) end while true do f() end"),
    Escape(
      name: "pcall of a wrapped coroutine",
      source: """
        while true do
          pcall(coroutine.wrap(function() pcall(coroutine.wrap(function() while true do end end)) while true do end end))
        end
        """),
    Escape(
      name: "a metamethod that loops",
      source: "local t = setmetatable({}, {__index = function() while true do end end}) return t.x"),
    Escape(
      name: "an error object whose __tostring loops",
      source: "error(setmetatable({}, {__tostring = function() while true do end end}))", isRefused: true),
    Escape(
      name: "tostring in string.format",
      source: """
        string.format('%s', setmetatable({}, {__tostring = function() while true do end end}))
        """),
    Escape(
      name: "a for loop's iterator", source: "for _ in function() return 1 end do end"),
    Escape(
      name: "concatenation of long strings",
      source: "local s = ('x'):rep(5000000) while true do local t = s .. s end"),
    Escape(
      name: "allocation in a loop", source: "while true do local t = {1, 2, 3, {}} end"),
    Escape(
      name: "string.format in a loop", source: "while true do local s = string.format('%99d%s', 1, 'x') end"),
  ]
}

@Suite(.serialized) struct EscapeTests {
  static let deadline = Duration.milliseconds(100)
  /// How late a stop may come: the promise is 50 ms; a shared machine that runs other tests gets more.
  static let lateness = Duration.milliseconds(250)

  @Test(arguments: Escape.all) func anEscapeOfACallIsStoppedAtItsDeadline(_ escape: Escape) throws {
    let state = try LuaState(limits: LuaLimits(time: Self.deadline))
    let script = try state.load(escape.source, name: "escape")
    let start = ContinuousClock.now
    let error = #expect(throws: LuaError.self) { try script.call() }
    try check(escape, error, ContinuousClock.now - start)
    #expect(try state.load("return 1", name: "next").call(returning: Int.self) == 1)
  }

  @Test(arguments: Escape.all) func anEscapeOfATaskIsStoppedAtItsDeadline(_ escape: Escape) throws {
    let state = try LuaState(limits: LuaLimits(time: Self.deadline, slice: .milliseconds(5)))
    let script = try state.load(escape.source, name: "escape")
    var error: LuaError?
    let start = ContinuousClock.now
    let task = try state.task(script) { error = $0.error }
    task.start()
    while state.hasRunnable { state.runNext() }
    #expect(task.isFinished)
    try check(escape, error, ContinuousClock.now - start)
    #expect(try state.load("return 1", name: "next").call(returning: Int.self) == 1)
  }

  private func check(_ escape: Escape, _ error: LuaError?, _ elapsed: Duration) throws {
    let error = try #require(error)
    print("\(escape.name): \(error.kind) after \(elapsed / .milliseconds(1)) ms: \(error.message.prefix(100))")
    if !escape.isRefused { #expect(error.kind == .timeLimit) }
    #expect(elapsed < Self.deadline + Self.lateness)
  }
}
