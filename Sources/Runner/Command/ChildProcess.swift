import CPlatform
import Glibc
import Platform

/// The running program of a command app.
struct ChildProcess {
  let pid: Int32
  /// Reading ends of its standard output and error.
  let output: Int32
  let errors: Int32

  /// Starts `command` in `folder` with the runner's environment and `additions`.
  init(_ command: [String], folder: String, additions: [String: String]) throws(SystemError) {
    var child = platform_child()
    let result = Self.withPointers(to: command) { arguments in
      Self.withPointers(to: Self.environment(with: additions)) { environment in
        platform_child_start(&child, folder, arguments, environment)
      }
    }
    _ = try SystemError.check(command.first ?? "", result)
    pid = child.pid
    output = child.output
    errors = child.errors
  }

  /// The GPUs that the host gave this runner. An app's own variables do not get it others'.
  private static let decidedByHost: Set<String> = ["CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES"]

  private static func environment(with wanted: [String: String]) -> [String] {
    let additions = wanted.filter { !decidedByHost.contains($0.key) || getenv($0.key) == nil }
    var lines: [String] = additions.map { "\($0.key)=\($0.value)" }
    var entry = platform_environment()
    while let text = entry?.pointee {
      let line = String(cString: text)
      let name = line.prefix { $0 != "=" }
      if additions[String(name)] == nil { lines.append(line) }
      entry = entry?.successor()
    }
    return lines
  }

  private static func withPointers<Result>(
    to texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>?) -> Result
  ) -> Result {
    let copies = texts.map { strdup($0) } + [nil]
    defer { copies.forEach { free($0) } }
    return copies.withUnsafeBufferPointer { body($0.baseAddress) }
  }

  func signal(_ number: Int32) { kill(pid, number) }
}

/// How a program ended.
enum ChildEnd: CustomStringConvertible {
  case exited(Int32)
  case signalled(Int32)

  /// `status` as waitpid gives it.
  init(status: Int32) {
    let code = platform_child_exit_code(status)
    self = code >= 0 ? .exited(code) : .signalled(platform_child_signal(status))
  }

  var description: String {
    switch self {
    case .exited(let code): "exited with status \(code)"
    case .signalled(let number): "was ended by signal \(number) (\(String(cString: strsignal(number))))"
    }
  }
}
