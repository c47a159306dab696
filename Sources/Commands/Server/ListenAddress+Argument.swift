public import AppModel
public import ArgumentParser

extension ListenAddress {
  /// Names the address where this machine's server listens, in place of the standard one.
  static let variable = "APOLUNE_LISTEN"

  /// Where this machine's server listens when nothing else says so.
  static func usual(_ environment: [String: String]) -> ListenAddress {
    environment[variable].flatMap { ListenAddress(text: $0) } ?? .standard
  }
}

extension ListenAddress: ExpressibleByArgument {
  public init?(argument: String) { self.init(text: argument) }
}
