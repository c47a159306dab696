/// Something that must never be so, whatever happened before.
public struct Violation: Error, Sendable, CustomStringConvertible {
  public var description: String

  init(_ description: String) { self.description = description }
}

/// - Throws: `Violation` unless `condition` holds.
func require(_ condition: Bool, _ otherwise: @autoclosure () -> String) throws {
  guard !condition else { return }
  throw Violation(otherwise())
}
