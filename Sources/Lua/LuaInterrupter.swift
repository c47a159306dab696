import CLua

/// Stops what a state runs, from any thread.
public final class LuaInterrupter: Sendable {
  private nonisolated(unsafe) let remote: OpaquePointer

  init(_ lua: OpaquePointer) { remote = clua_remote_retain(lua) }

  deinit { clua_remote_release(remote) }

  /// Stops the call or task that runs right now with an error of kind `interrupted`; has no effect when none runs.
  public func interrupt() { clua_remote_interrupt(remote) }
}
