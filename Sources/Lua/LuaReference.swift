public import CLua

/// A value on the Lua heap that Swift holds on to. May be released on any thread: the owner of the state tidies up at its next entry.
public class LuaReference {
  /// The state whose heap it is on.
  public final let state: LuaState
  @usableFromInline final let slot: Int32
  private final let isOwned: Bool

  /// Takes the slot over; `isOwned` is false for slots that live as long as the state.
  init(slot: Int32, of state: LuaState, isOwned: Bool = true) {
    self.slot = slot
    self.state = state
    self.isOwned = isOwned
  }

  deinit {
    if isOwned { clua_release(state.lua, slot) }
  }

  @inlinable func pushReference(to stack: LuaStack) { clua_push_ref(stack.lua, slot) }

  /// A slot for the value at `index`.
  static func makeSlot(_ stack: LuaStack, at index: Int32) throws(LuaError) -> Int32 {
    let slot = clua_ref(stack.lua, index)
    guard slot >= 0 else { throw slot == CLUA_NO_STACK ? LuaError(.runtime, "stack overflow") : .noMemory }
    return slot
  }
}
