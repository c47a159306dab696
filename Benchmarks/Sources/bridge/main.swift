import CBaseline
import Lua

// The embedding library against the plain C API, in one run, as ratios. Run it with scripts/benchmark, which adds lupa.

/// 200 lines of ordinary Lua.
let source = (1...40).map { index in
  """
  local function step\(index)(items, limit)
    local sum = 0
    for _, item in ipairs(items) do if item < limit then sum = sum + item * \(index) end end
    return { sum = sum, name = "step \(index)", ok = sum > 0 }
  end

  """
}.joined()

func timed(_ body: () throws -> Void) rethrows -> UInt64 {
  let clock = ContinuousClock()
  let spent = try clock.measure(body)
  let (seconds, attoseconds) = spent.components
  return UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
}

func callBenchmark(_ count: Int) throws -> Comparison {
  let state = try LuaState()
  let function: LuaFunction = try state.load("return function(x) return x + 1 end", name: "call").call()
  return Comparison(
    name: "host to Lua call", target: 1.15, operations: count, baseline: { baseline_call(Int64(count)) },
    ours: {
      var sum = 0
      let spent = try timed {
        for index in 0..<count { sum &+= try function.call(index, returning: Int.self) }
      }
      precondition(sum != 0)
      return spent
    })
}

func callbackBenchmark(
  _ name: String, target: Double?, loop: String, count: Int, baseline: @escaping () -> UInt64,
  _ body: @escaping (borrowing LuaCall) throws -> LuaReturn
) throws -> Comparison {
  let state = try LuaState()
  try state.globals.set("host", try state.function("host", body))
  let run: LuaFunction = try state.load(loop, name: "callback").call()
  return Comparison(
    name: name, target: target, operations: count, baseline: baseline, ours: { try timed { try run.call(count) } })
}

func stateBenchmark(_ count: Int) -> Comparison {
  Comparison(
    name: "new sandboxed state", operations: count, baseline: { baseline_new_state(Int64(count)) },
    ours: { try timed { for _ in 0..<count { _ = try LuaState() } } })
}

func loadBenchmark(_ count: Int) throws -> Comparison {
  let bytes = Array(source.utf8)
  let state = try LuaState()
  return Comparison(
    name: "load of 200 lines", operations: count,
    baseline: {
      bytes.withUnsafeBytes { raw in
        raw.withMemoryRebound(to: CChar.self) { baseline_load($0.baseAddress, $0.count, Int64(count)) }
      }
    },
    ours: { try timed { for _ in 0..<count { _ = try state.load(bytes, name: "load") } } })
}

func tableBenchmark(
  _ name: String, target: Double?, _ count: Int, read: @escaping (LuaTable) throws -> [Record]
) throws -> Comparison {
  let bytes = Array(Record.source.utf8)
  let state = try LuaState(limits: LuaLimits(memory: 256 << 20))
  let table: LuaTable = try state.load(bytes, name: "records").call()
  return Comparison(
    name: name, target: target, operations: count,
    baseline: {
      bytes.withUnsafeBytes { raw in
        raw.withMemoryRebound(to: CChar.self) { baseline_table_to_structs($0.baseAddress, $0.count, Int64(count)) }
      }
    },
    ours: {
      try timed {
        for _ in 0..<count {
          let records = try read(table)
          precondition(records.count == 9000)
        }
      }
    })
}

let comparisons = [
  try callBenchmark(1_000_000),
  try callbackBenchmark(
    "Lua to host callback", target: 1.5,
    loop: "local host = host return function(n) local x = 0 for _ = 1, n do x = host(x) end end", count: 1_000_000,
    baseline: { baseline_callback(1_000_000) }, { call in try call.returns(try call.integer(1) + 1) }),
  try callbackBenchmark(
    "callback with a string", target: nil,
    loop: "local host = host return function(n) local s = 'a string of some length' for _ = 1, n do host(s) end end",
    count: 1_000_000, baseline: { baseline_callback_string(1_000_000) },
    { call in try call.returns(try call.withBytes(1) { $0.count }) }),
  stateBenchmark(2_000),
  try loadBenchmark(500),
  try tableBenchmark("1 MB table to structs", target: 1.5, 5) { try $0.read() },
  try tableBenchmark("the same by Codable", target: nil, 5) { try $0.decode([Record].self) },
]
// Words on the command line choose the comparisons whose names hold one of them.
let words = CommandLine.arguments.dropFirst()
for comparison in comparisons where words.isEmpty || words.contains(where: { comparison.name.contains($0) }) {
  try comparison.run()
}
