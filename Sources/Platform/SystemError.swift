import Glibc

/// A system call that failed.
public struct SystemError: Error, Hashable, CustomStringConvertible {
  /// What was tried: `accept`, `open /etc/hosts`.
  public let operation: String
  /// The `errno`.
  public let number: Int32

  /// `operation` failed just now with `errno`.
  public init(_ operation: String) { self.init(operation, errno) }

  public init(_ operation: String, _ number: Int32) {
    self.operation = operation
    self.number = number
  }

  /// Takes the result of a C function that returns `-errno` when it fails.
  public static func check(_ operation: String, _ result: Int32) throws(SystemError) -> Int32 {
    guard result >= 0 else { throw SystemError(operation, -result) }
    return result
  }

  /// What the system calls this error: `No such file or directory`.
  public var reason: String { Self.reason(of: number) }

  public static func reason(of number: Int32) -> String {
    strerror(number).map { String(cString: $0) } ?? "error \(number)"
  }

  public var description: String { "\(operation): \(reason)" }
}
