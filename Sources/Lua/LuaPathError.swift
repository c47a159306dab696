import CLua

/// What did not fit while a value was read from Lua, and where; the `underlying` of the ``LuaError`` that is thrown.
public struct LuaPathError: Error, Sendable, Hashable, CustomStringConvertible {
  /// As Lua would write it: `[3].name`; empty for the value itself.
  public var path: String
  /// For people; holds no values.
  public var problem: String

  public var description: String { path.isEmpty ? problem : "\(path): \(problem)" }
}

extension LuaError {
  /// The same error about a value that lies one step deeper, where it is about data.
  @usableFromInline func below(_ step: String) -> LuaError {
    guard kind == .data else { return self }
    var place: LuaPathError
    switch underlying {
    case .none: place = LuaPathError(path: "", problem: message)
    case let known as LuaPathError: place = known
    case .some: return self
    }
    place.path = step + place.path
    return LuaError(.data, place.description, underlying: place)
  }

  /// Why the C side cannot read a table.
  @usableFromInline static func unreadable(_ code: Int32) -> LuaError {
    switch code {
    case CLUA_READ_SIZE: LuaError(.data, "the value is larger than may be read at once")
    case CLUA_READ_DEPTH: LuaError(.data, "nested too deeply")
    case CLUA_READ_HOLES: LuaError(.data, "an array with holes")
    default: .noMemory
    }
  }
}

extension LuaStack {
  /// Nil for a value of another kind, an error for a table that cannot be read.
  @usableFromInline func refuse<Value>(_ code: Int32) throws(LuaError) -> Value? {
    if code == 0 { return nil }
    throw .unreadable(code)
  }

  /// The error about the value on top, which it takes off.
  @usableFromInline func fail(_ error: LuaError, below step: String) -> LuaError {
    lua_settop(lua, -2)
    return error.below(step)
  }

  /// The error for a value on top that is of another kind, which it takes off.
  @usableFromInline func mismatch(expected: String, below step: String) -> LuaError {
    let isText = lua_type(lua, -1) == CLUA_STRING && expected.hasPrefix("UTF-8 string")
    let found = isText ? "bytes" : String(cString: clua_type_name(lua, -1))
    return fail(LuaError(.data, "expected \(expected), got \(found)"), below: step)
  }
}
