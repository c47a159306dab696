import Glibc

/// A system call that failed.
struct SystemError: Error, CustomStringConvertible {
  /// What was tried: `accept`.
  var operation: String
  /// `errno`.
  var code: Int32

  /// Takes the result of a C function that returns `-errno` when it fails.
  static func check(_ operation: String, _ result: Int32) throws(SystemError) -> Int32 {
    guard result >= 0 else { throw SystemError(operation: operation, code: -result) }
    return result
  }

  /// `No such file or directory`.
  static func text(of code: Int32) -> String {
    guard let text = strerror(code) else { return "error \(code)" }
    return String(cString: text)
  }

  var description: String { "\(operation): \(Self.text(of: code))" }
}
