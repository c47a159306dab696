import CLua

/// Any Lua value, for code that does not know what to expect.
public enum LuaValue {
  case nilValue
  /// JSON's null, which a table can hold.
  case null
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case string([UInt8])
  case table(LuaTable)
  case function(LuaFunction)
  /// Anything else, by the name of its type.
  case opaque(String)

  /// A string from text.
  public static func string(_ text: String) -> LuaValue { .string([UInt8](text.utf8)) }

  /// The text of a string that is UTF-8.
  public var text: String? {
    guard case .string(let bytes) = self else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }
}

extension LuaValue: LuaPushable {
  public func push(to stack: LuaStack) throws(LuaError) {
    switch self {
    case .nilValue: lua_pushnil(stack.lua)
    case .null: clua_push_null(stack.lua)
    case .boolean(let value): value.push(to: stack)
    case .integer(let value): value.push(to: stack)
    case .number(let value): value.push(to: stack)
    case .string(let value): try value.push(to: stack)
    case .table(let value): value.push(to: stack)
    case .function(let value): value.push(to: stack)
    case .opaque(let type): throw LuaError(.data, "a value of type \(type) cannot be passed to Lua")
    }
  }
}

extension LuaValue: LuaReadable {
  public static var luaExpectation: String { "value" }

  public static func read(from stack: LuaStack, at index: Int32) throws(LuaError) -> LuaValue? {
    switch stack.type(at: index) {
    case CLUA_NONE, CLUA_NIL: return .nilValue
    case CLUA_BOOLEAN: return .boolean(lua_toboolean(stack.lua, index) != 0)
    case CLUA_NUMBER where lua_isinteger(stack.lua, index) != 0: return .integer(Int(lua_tointegerx(stack.lua, index, nil)))
    case CLUA_NUMBER: return .number(lua_tonumberx(stack.lua, index, nil))
    case CLUA_STRING: return UInt8.readArray(from: stack, at: index).map { .string($0) }
    case CLUA_TABLE: return try LuaTable.read(from: stack, at: index).map { .table($0) }
    case CLUA_FUNCTION: return try LuaFunction.read(from: stack, at: index).map { .function($0) }
    case CLUA_LIGHT_USERDATA where clua_is_null(stack.lua, index): return .null
    default: return .opaque(String(cString: clua_type_name(stack.lua, index)))
    }
  }
}

extension LuaValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int) { self = .integer(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
}
