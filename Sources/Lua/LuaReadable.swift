public import CLua

/// A Swift value that can be read from an argument or a result of a Lua function.
public protocol LuaReadable {
  /// What an error message says was expected, such as `integer`.
  static var luaExpectation: String { get }
  /// The value at `index`; `nil` when the one there is of another kind.
  static func read(from stack: LuaStack, at index: Int32) throws(LuaError) -> Self?
  /// What an error message says where an array of such values was expected. Only bytes, which are a string in Lua, have their own.
  static var luaArrayExpectation: String { get }
  /// The array at `index`; `nil` when the value there is of another kind.
  static func readArray(from stack: LuaStack, at index: Int32) throws(LuaError) -> [Self]?
}

extension Int: LuaReadable {
  public static var luaExpectation: String { "integer" }

  /// An integer, or a float with an exact integer value.
  @inlinable public static func read(from stack: LuaStack, at index: Int32) -> Int? {
    guard lua_type(stack.lua, index) == CLUA_NUMBER else { return nil }
    var isInteger: Int32 = 0
    let value = lua_tointegerx(stack.lua, index, &isInteger)
    return isInteger != 0 ? Int(value) : nil
  }
}

extension Double: LuaReadable {
  public static var luaExpectation: String { "number" }

  @inlinable public static func read(from stack: LuaStack, at index: Int32) -> Double? {
    guard lua_type(stack.lua, index) == CLUA_NUMBER else { return nil }
    return lua_tonumberx(stack.lua, index, nil)
  }
}

extension Bool: LuaReadable {
  public static var luaExpectation: String { "boolean" }

  @inlinable public static func read(from stack: LuaStack, at index: Int32) -> Bool? {
    guard lua_type(stack.lua, index) == CLUA_BOOLEAN else { return nil }
    return lua_toboolean(stack.lua, index) != 0
  }
}

extension String: LuaReadable {
  public static var luaExpectation: String { "UTF-8 string" }

  @inlinable public static func read(from stack: LuaStack, at index: Int32) -> String? {
    var length = 0
    guard let start = clua_string(stack.lua, index, &length) else { return nil }
    // liblua ends every string with a zero. The standard library's fast path stops at the first one, so a text that holds zeros itself
    // takes the other.
    if let text = String(validatingCString: start), text.utf8.count == length { return text }
    return String(validating: UnsafeRawBufferPointer(start: start, count: length), as: UTF8.self)
  }
}

extension UInt8: LuaReadable {
  public static var luaExpectation: String { "integer from 0 to 255" }

  @inlinable public static func read(from stack: LuaStack, at index: Int32) -> UInt8? {
    Int.read(from: stack, at: index).flatMap { UInt8(exactly: $0) }
  }

  public static var luaArrayExpectation: String { "string" }

  /// The bytes of a string.
  @inlinable public static func readArray(from stack: LuaStack, at index: Int32) -> [UInt8]? {
    stack.bytes(at: index).map { [UInt8]($0) }
  }
}

extension Optional: LuaReadable where Wrapped: LuaReadable {
  public static var luaExpectation: String { "\(Wrapped.luaExpectation) or nil" }

  @inlinable public static func read(from stack: LuaStack, at index: Int32) throws(LuaError) -> Wrapped?? {
    if lua_type(stack.lua, index) <= CLUA_NIL { return .some(nil) }
    if let value = try Wrapped.read(from: stack, at: index) { return .some(value) }
    return clua_is_null(stack.lua, index) ? .some(nil) : nil
  }
}
