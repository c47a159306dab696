import Glibc

/// A system call that failed.
public struct SystemError: Error, Hashable, CustomStringConvertible {
  public let call: String
  public let number: Int32

  /// `call` failed just now with `errno`.
  public init(_ call: String) { self.init(call, errno) }

  public init(_ call: String, _ number: Int32) {
    self.call = call
    self.number = number
  }

  /// What the system calls this error: `No such file or directory`.
  public var reason: String { strerror(number).map { String(cString: $0) } ?? "error \(number)" }

  public var description: String { "\(call): \(reason)" }
}
