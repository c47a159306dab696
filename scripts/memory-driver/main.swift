// Exercises the Lua library on one thread, for a memory checker: valgrind cannot run Swift Testing's own main. Built by scripts/sanitize.
import Lua

struct Failed: Error {}

/// Uses every kind of allocation, error and coroutine.
let hungry = """
  local t = {}
  for i = 1, 40 do
    t[i] = {name = ('x'):rep(i), f = function() return i end, co = coroutine.wrap(function() coroutine.yield(i) end)}
    t[i].co()
    t[i].text = give('text ' .. i):gsub('%d+', '<%0>')
    local ok, e = pcall(fail)
    t[i].e = tostring(e) .. e
    t[i].json = json.encode({i, {a = json.null, b = 1.5}})
    t[i].back = json.decode(t[i].json)
  end
  table.sort(t, function(a, b) return #a.name > #b.name end)
  local co = coroutine.create(function()
    local x <close> = setmetatable({}, {__close = function() t = nil end})
    coroutine.yield()
  end)
  coroutine.resume(co)
  coroutine.close(co)
  return 1
  """

func prepare(_ state: LuaState) throws {
  try state.openJSON()
  try state.globals.set("give", try state.function("give") { call in try call.returns(call.string(1)) })
  try state.globals.set("fail", try state.function("fail") { _ in throw Failed() })
}

/// Runs the script under many memory limits. Returns how many let it end.
func sweep() -> Int {
  var passed = 0
  for limit in stride(from: 20_000, through: 400_000, by: 3_333) {
    do {
      let state = try LuaState(limits: LuaLimits(memory: limit))
      try prepare(state)
      passed += try state.load(hungry, name: "hungry").call(returning: Int.self)
    } catch is LuaError { continue } catch { fatalError("\(error)") }
  }
  return passed
}

/// Waits under `pcall` and in nested coroutines, cancels, and stops what runs too long. Returns how many tasks ended.
func tasks() throws -> Int {
  let state = try LuaState(limits: LuaLimits(time: .seconds(20), slice: .milliseconds(5)))
  try prepare(state)
  var waiting: [LuaSuspension] = []
  try state.globals.set("wait", try state.function("wait") { call in try call.suspend { waiting.append($0) } })
  let nested = try state.load(
    "for i = 1, 3 do pcall(function() coroutine.wrap(function() wait() error({code = i}) end)() end) end return wait()", name: "n"
  )
  let spin = try state.load("for i = 1, 300000 do end return 1", name: "spin")
  var ended = 0
  let all = try (0..<20).map { try state.task($0 % 4 == 0 ? spin : nested) { _ in ended += 1 } }
  for task in all { task.start() }
  all[1].cancel(Failed())
  while state.hasRunnable || !waiting.isEmpty {
    state.runNext()
    if let next = waiting.popLast() { ended % 2 == 0 ? next.resume(returning: "text") : next.resume(throwing: Failed()) }
  }
  return ended
}

/// Meets a deadline in the middle of C code, and frees all of it.
func deadlines() throws {
  for source in [
    "while true do pcall(error) end",
    "table.concat(setmetatable({}, {__len = function() return 1 << 40 end, __index = function() return '' end}))",
  ] {
    let state = try LuaState(limits: LuaLimits(time: .milliseconds(200)))
    do throws(LuaError) {
      try state.load(source, name: "late").call()
      fatalError("nothing stopped it")
    } catch { guard error.kind == .timeLimit else { fatalError("\(error)") } }
  }
}

print("memory limits passed: \(sweep()), tasks ended: \(try tasks())")
try deadlines()
