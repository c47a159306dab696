/// Why a runner did not become ready, or why it was given up.
public struct RunnerFailure: Error, Sendable, Hashable, Codable {
  /// Kebab-case: `script-error`, `setup-failed`, `startup-timeout`, `runner-exited`, `start-refused`, `connection-lost`, ….
  public var code: String
  public var message: String

  public init(code: String, message: String) {
    self.code = code
    self.message = message
  }
}

extension RunnerFailure: CustomStringConvertible {
  public var description: String { "\(code): \(message)" }
}
