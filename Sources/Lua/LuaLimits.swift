/// What a state may use.
///
/// A script that passes a limit is stopped with a `LuaError` whose kind names it. The limits guard against mistakes and against what plain
/// Lua can do on purpose, except where liblua itself is at fault: run hostile code in a process of its own.
public struct LuaLimits: Sendable {
  /// Bytes that the Lua heap may hold while Lua code runs.
  public var memory: Int
  /// Bytes that the Lua heap may hold while a host function is on top, so that it can finish its work; `nil`: 1.5 × `memory`.
  public var memoryHard: Int?
  /// VM time of one task (over all its waits) or of one plain call; `nil`: no limit. Met within a few milliseconds.
  public var time: Duration?
  /// VM time that a task gets before it has to give other tasks a turn; `nil`: it runs until it waits or ends.
  public var slice: Duration?
  /// Bytes of one source text.
  public var source: Int

  public init(
    memory: Int = 64 << 20, memoryHard: Int? = nil, time: Duration? = nil, slice: Duration? = nil, source: Int = 8 << 20
  ) {
    self.memory = memory
    self.memoryHard = memoryHard
    self.time = time
    self.slice = slice
    self.source = source
  }
}

extension Duration {
  /// Whole nanoseconds, at least 1, so that 0 can mean "no limit".
  var limitNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    guard seconds < Int64.max / 2_000_000_000 else { return Int64.max / 2 }
    return max(1, seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
  }
}
