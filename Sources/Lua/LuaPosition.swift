/// Reads a source position from the shim.
enum LuaPosition {
  /// liblua cuts a chunk's name at 60 bytes.
  private static let nameSize = 64

  static func read(_ ask: (UnsafeMutablePointer<CChar>, Int) -> Int32) -> (source: String, line: Int)? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: nameSize) { buffer in
      guard let name = buffer.baseAddress else { return nil }
      let line = ask(name, nameSize)
      return line < 0 ? nil : (String(cString: name), Int(line))
    }
  }
}
