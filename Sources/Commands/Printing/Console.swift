import FoundationEssentials
import Glibc

/// The one place where commands print: standard output for answers, standard error for what went wrong.
struct Console: Sendable {
  let environment: [String: String]
  let output: Style
  let errors: Style

  init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    self.environment = environment
    output = .detect(descriptor: STDOUT_FILENO, environment: environment)
    errors = .detect(descriptor: STDERR_FILENO, environment: environment)
  }

  func show(_ answer: some CommandAnswer, as format: OutputFormat) throws {
    switch format {
    case .text:
      Descriptor.write(answer.text(output), to: STDOUT_FILENO)
      Descriptor.write(answer.problems(errors), to: STDERR_FILENO)
    case .json: Descriptor.write(try Self.json(answer) + "\n", to: STDOUT_FILENO)
    case .markdown: Descriptor.write(answer.markdown(), to: STDOUT_FILENO)
    }
  }

  /// Sorted keys, so that two runs can be compared.
  static func json(_ answer: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(answer), as: UTF8.self)
  }

  /// The same on one line, for answers of which there are many.
  static func jsonLine(_ answer: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(answer), as: UTF8.self)
  }

  /// Help, or anything else that was asked for.
  func say(_ text: String) {
    Descriptor.write(text.endingInLineBreak, to: STDOUT_FILENO)
  }

  /// The parser's word on a wrong command line, in our form: it writes `Error: `.
  func failUsage(_ message: String) {
    let prefix = "Error: "
    let text = message.hasPrefix(prefix) ? errors.paint("error:", .red) + " " + message.dropFirst(prefix.count) : message
    Descriptor.write(text.endingInLineBreak, to: STDERR_FILENO)
  }

  /// Diagnostics, or anything else that is no answer.
  func complain(_ text: String) {
    Descriptor.write(text.endingInLineBreak, to: STDERR_FILENO)
  }

  func fail(_ error: CommandError) {
    Descriptor.write(error.render(errors), to: STDERR_FILENO)
  }
}
