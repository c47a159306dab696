/// Why the store cannot do its work, in words for the operator.
public struct StoreError: Error, Sendable, Hashable {
  /// Kebab-case: `data-folder-in-use`, `database-corrupt`, `database-newer`, `disk-full`, `folder-not-usable`, ….
  public var code: String
  public var message: String
  /// How to mend it.
  public var fix: String?

  public init(_ code: String, _ message: String, fix: String? = nil) {
    self.code = code
    self.message = message
    self.fix = fix
  }
}

extension StoreError: CustomStringConvertible {
  public var description: String { message }
}
