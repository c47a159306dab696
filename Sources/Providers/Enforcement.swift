/// What a provider really holds a runner to, resource by resource, in words for people.
public struct Enforcement: Sendable, Hashable {
  public struct Line: Sendable, Hashable {
    /// `memory`, `CPU`, `GPU`.
    public var resource: String
    /// `1 GB`, `0.5 cores`.
    public var amount: String
    public var isEnforced: Bool
    /// By what it is enforced, or why it cannot be.
    public var explanation: String

    public init(resource: String, amount: String, isEnforced: Bool, explanation: String) {
      self.resource = resource
      self.amount = amount
      self.isEnforced = isEnforced
      self.explanation = explanation
    }
  }

  public var lines: [Line]

  public init(lines: [Line]) { self.lines = lines }
}

extension Enforcement.Line: CustomStringConvertible {
  public var description: String { "\(resource) \(amount): \(isEnforced ? "enforced" : "not enforced") (\(explanation))" }
}
