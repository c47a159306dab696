/// What a host function answers: made by `LuaCall.returns` or `LuaCall.suspend`.
public struct LuaReturn {
  /// Number of results on the stack, or a code of the shim.
  @usableFromInline let code: Int32

  @inlinable init(_ code: Int32) { self.code = code }
}
