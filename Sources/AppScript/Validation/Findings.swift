import AppModel

/// The problems found so far. Bounded, so that a hostile draft cannot grow a report without end.
struct Findings {
  /// More than anybody mends at once.
  static let countMax = 200

  private(set) var diagnostics: [Diagnostic] = []

  mutating func error(_ code: String, _ message: String, at mark: SourceMark?, fix: String? = nil) {
    add(Diagnostic(.error, code, message, at: mark?.position, length: mark?.length ?? 0, fix: fix))
  }

  mutating func warning(_ code: String, _ message: String, at mark: SourceMark?, fix: String? = nil) {
    add(Diagnostic(.warning, code, message, at: mark?.position, length: mark?.length ?? 0, fix: fix))
  }

  private mutating func add(_ diagnostic: Diagnostic) {
    guard diagnostics.count < Self.countMax, !diagnostics.contains(diagnostic) else { return }
    diagnostics.append(diagnostic)
  }
}
