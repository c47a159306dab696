/// One option of a table in a script: the only place where its name, kind, default and meaning are written down.
public struct OptionSpec: Sendable, Hashable {
  /// Which apps an option means something to.
  public enum Applies: String, Sendable, Hashable, CaseIterable {
    case lua
    case command
    case both
  }

  public var name: String
  public var kind: OptionKind
  /// As Lua source; nil: nothing is set.
  public var standard: String?
  public var isRequired: Bool
  public var applies: Applies
  /// One sentence.
  public var doc: String
  /// What else people call it, for suggestions: fal's own attribute, say.
  public var otherNames: [String]

  public init(
    _ name: String, _ kind: OptionKind, default standard: String? = nil, required: Bool = false, applies: Applies = .both,
    otherNames: [String] = [], _ doc: String
  ) {
    self.name = name
    self.kind = kind
    self.standard = standard
    isRequired = required
    self.applies = applies
    self.doc = doc
    self.otherNames = otherNames
  }
}
