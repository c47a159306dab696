import Glibc
import Host

/// Where the input of a call comes from: arguments, with files that they name, or a whole JSON text.
enum InputSource: Sendable, Hashable {
  case arguments([CallArgument])
  /// `-`: standard input.
  case whole(path: String)

  /// Bytes of an input. A gateway takes less; more could not be meant.
  private static let bytesMax = 64 * 1_048_576
  /// Bytes of one read.
  private static let pieceBytes = 256 * 1024

  /// The JSON text to send.
  func read() throws(CommandError) -> String {
    switch self {
    case .whole(let path):
      let text = try Self.text(at: path)
      guard let json = JSONText(text) else {
        throw CommandError("input-invalid", "\(Self.shown(path)) holds no JSON", fix: "write one JSON value, usually an object")
      }
      return json.text
    case .arguments(let arguments):
      var input = CallInput()
      for argument in arguments {
        let value = try Self.value(argument)
        do throws(CallArgument.Problem) {
          try input.add(argument, value)
        } catch {
          throw CommandError("input-invalid", "\(error)")
        }
      }
      return input.json
    }
  }

  private static func value(_ argument: CallArgument) throws(CommandError) -> JSONText {
    switch argument.value {
    case .json(let value): return value
    case .file(let path): return JSONText(quoting: try text(at: path))
    }
  }

  private static func shown(_ path: String) -> String { path == "-" ? "standard input" : path }

  private static func text(at path: String) throws(CommandError) -> String {
    let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path, String(cString: strerror(errno))) }
    defer { if path != "-" { close(descriptor) } }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: pieceBytes)
    while true {
      let count = Glibc.read(descriptor, &piece, piece.count)
      if count == 0 { break }
      if count < 0 {
        if errno == EINTR { continue }
        throw unreadable(path, String(cString: strerror(errno)))
      }
      bytes += piece[..<count]
      guard bytes.count <= bytesMax else { throw unreadable(path, "it has more than \(bytesMax) bytes") }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw unreadable(path, "it is not text in UTF-8") }
    return text
  }

  private static func unreadable(_ path: String, _ reason: String) -> CommandError {
    CommandError(
      "input-unreadable", "\(shown(path)) cannot be read: \(reason)",
      fix: "a text that begins with @ is given as JSON: name='\"@…\"'")
  }
}
