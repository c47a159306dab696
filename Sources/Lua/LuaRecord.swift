public import CLua

/// A Swift type that is read from the fields of a Lua table, straight off the Lua heap: several times as fast as `Codable`.
///
/// ```swift
/// struct Word: LuaRecord {
///   var text: String
///   var start: Double
///   var speaker: String?
///
///   init(from row: borrowing LuaRow) throws(LuaError) {
///     text = try row.get("text")
///     start = try row.get("start")
///     speaker = try row.get("speaker")
///   }
/// }
///
/// let words: [Word] = try table.read()  // throws "[3].text: expected UTF-8 string, got nil"
/// ```
///
/// Records nest, and go wherever a `LuaReadable` goes: arguments and results of calls, arrays and optionals of them. Fields are read
/// raw, without metamethods; fields that nobody asks for are not looked at. JSON's null counts as nil.
public protocol LuaRecord: LuaReadable {
  /// Reads the fields.
  init(from row: borrowing LuaRow) throws(LuaError)
}

extension LuaRecord {
  public static var luaExpectation: String { "table" }

  @inlinable public static func read(from stack: LuaStack, at index: Int32) throws(LuaError) -> Self? {
    let table = clua_read_table(stack.lua, index, stack.depth)
    guard table > 0 else { return try stack.refuse(table) }
    return try Self(from: LuaRow(LuaStack(stack.lua, depth: stack.depth + 1), table))
  }
}

extension LuaTable {
  /// Reads the table as a record or an array. Throws with the path of what does not fit.
  @inlinable public func read<Value: LuaReadable>(_ type: Value.Type = Value.self) throws(LuaError) -> Value {
    let stack = try pushForReading()
    let value: Value?
    do {
      value = try Value.read(from: stack, at: -1)
    } catch {
      throw stack.fail(error, below: "")
    }
    guard let value else { throw stack.mismatch(expected: Value.luaExpectation, below: "") }
    lua_settop(stack.lua, -2)
    return value
  }

  @usableFromInline func pushForReading() throws(LuaError) -> LuaStack {
    let lua = clua_running(state.lua)
    guard lua_checkstack(lua, 8) != 0 else { throw .noMemory }
    clua_push_ref(lua, slot)
    return LuaStack(lua)
  }
}
