public import AppModel
public import ArgumentParser

extension ListenAddress {
  /// Names the address where this machine's server listens, in place of the standard one.
  static let variable = "APOLUNE_LISTEN"

  /// nil where the variable is not set, or is no address.
  static func named(_ environment: [String: String]) -> ListenAddress? {
    environment[variable].flatMap { ListenAddress(text: $0) }
  }
}

extension ListenAddress: ExpressibleByArgument {
  public init?(argument: String) { self.init(text: argument) }
}
