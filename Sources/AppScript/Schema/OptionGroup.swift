/// Options that belong together on the reference page.
public struct OptionGroup: Sendable, Hashable {
  public var title: String
  public var options: [OptionSpec]

  public init(_ title: String, _ options: [OptionSpec]) {
    self.title = title
    self.options = options
  }
}
