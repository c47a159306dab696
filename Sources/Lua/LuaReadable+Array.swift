public import CLua

extension LuaReadable {
  public static var luaArrayExpectation: String { "array" }

  @inlinable public static func readArray(from stack: LuaStack, at index: Int32) throws(LuaError) -> [Self]? {
    var count = 0
    let table = clua_read_array(stack.lua, index, stack.depth, &count)
    guard table > 0 else { return try stack.refuse(table) }
    let inner = LuaStack(stack.lua, depth: stack.depth + 1)
    var elements: [Self] = []
    elements.reserveCapacity(count)
    for index in 1..<(count + 1) {
      let type = clua_read_element(inner.lua, table, index)
      guard type >= CLUA_NIL else { throw LuaError.unreadable(type).below("[\(index)]") }
      let element: Self?
      do {
        element = try read(from: inner, at: -1)
      } catch {
        throw inner.fail(error, below: "[\(index)]")
      }
      guard let element else { throw inner.mismatch(expected: luaExpectation, below: "[\(index)]") }
      lua_settop(inner.lua, -2)
      elements.append(element)
    }
    return elements
  }
}

/// A sequence of 1, 2, …; `[UInt8]` is a string. An empty table is an empty array. Names beside the elements are not looked at.
extension Array: LuaReadable where Element: LuaReadable {
  public static var luaExpectation: String { Element.luaArrayExpectation }

  @inlinable public static func read(from stack: LuaStack, at index: Int32) throws(LuaError) -> [Element]? {
    try Element.readArray(from: stack, at: index)
  }
}
