/// Why a provider could not do what it was asked.
public struct ProviderFailure: Error, Sendable, Hashable {
  /// Kebab-case: `runner-not-found`, `folder-not-usable`, `spawn-failed`, ….
  public var code: String
  public var message: String

  public init(code: String, message: String) {
    self.code = code
    self.message = message
  }
}

extension ProviderFailure: CustomStringConvertible {
  public var description: String { "\(code): \(message)" }
}
