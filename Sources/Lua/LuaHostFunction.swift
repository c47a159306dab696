import CLua

/// A Swift closure that Lua can call; owned by the Lua function.
@usableFromInline final class LuaHostFunction {
  @usableFromInline let name: String
  @usableFromInline let body: (borrowing LuaCall) throws -> LuaReturn
  /// The state outlives every call: whoever calls into it holds it.
  @usableFromInline unowned(unsafe) let state: LuaState

  init(_ name: String, of state: LuaState, _ body: @escaping (borrowing LuaCall) throws -> LuaReturn) {
    self.name = name
    self.body = body
    self.state = state
  }

  /// What the shim calls in Swift.
  static let hooks = clua_host_functions(
    call: { object, lua in
      Unmanaged<LuaHostFunction>.fromOpaque(object)._withUnsafeGuaranteedRef { function in
        do {
          return try function.body(LuaCall(lua, function)).code
        } catch {
          raise(error, on: lua)
          return CLUA_RAISE
        }
      }
    },
    describe: { error, lua in
      var message = Unmanaged<LuaErrorBox>.fromOpaque(error).takeUnretainedValue().message
      message.withUTF8 { clua_set_text(lua, $0.baseAddress, $0.count) }
    },
    release: { Unmanaged<AnyObject>.fromOpaque($0).release() }
  )

  @inline(never)
  static func raise(_ error: any Error, on lua: OpaquePointer) {
    clua_set_host_error(lua, Unmanaged.passRetained(LuaErrorBox(error)).toOpaque())
  }
}
