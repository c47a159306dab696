/// The source text of a module that `require` found.
public struct LuaModule: Sendable {
  /// The module's text; bytecode is refused.
  public var source: [UInt8]
  /// What errors call it, as in `name:line:`.
  public var name: String

  public init(source: [UInt8], name: String) {
    self.source = source
    self.name = name
  }
}
