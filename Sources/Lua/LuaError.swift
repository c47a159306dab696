/// Why Lua code failed, or could not be run.
public struct LuaError: Error, Sendable {
  /// What kind of failure it was.
  public enum Kind: Sendable, Hashable {
    /// The source text is not Lua; `incomplete` when more text could make it so, as at a prompt.
    case syntax(incomplete: Bool)
    /// The script raised an error, or a host function was called with the wrong arguments.
    case runtime
    /// The state's memory limit was met.
    case memoryLimit
    /// The run's time limit was met.
    case timeLimit
    /// `LuaInterrupter.interrupt()` stopped it.
    case interrupted
    /// `LuaTask.cancel(_:)` stopped it; `underlying` is the reason given.
    case cancelled
    /// A host function threw; `underlying` is what it threw.
    case host
    /// A value could not be converted.
    case data
  }

  public var kind: Kind
  /// What went wrong, with `name:line:` in front where Lua knows it.
  public var message: String
  /// The call stack, where the error came up in Lua code.
  public var traceback: String?
  /// The Swift error that a host function threw, or the reason of a cancellation.
  public var underlying: (any Error)?
  /// The table that the script threw, as JSON; `nil` when it threw anything else, or a table that has no JSON form.
  public var json: [UInt8]?

  public init(
    _ kind: Kind, _ message: String, traceback: String? = nil, underlying: (any Error)? = nil, json: [UInt8]? = nil
  ) {
    self.kind = kind
    self.message = message
    self.traceback = traceback
    self.underlying = underlying
    self.json = json
  }
}

extension LuaError: CustomStringConvertible {
  public var description: String { message }
}

extension LuaError {
  static let noMemory = LuaError(.memoryLimit, "memory limit exceeded")
}
