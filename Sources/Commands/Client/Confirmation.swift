import Glibc

/// Asks before something is done that cannot be undone.
struct Confirmation: Sendable {
  /// What will happen, as a sentence.
  var warning: String
  /// The word to type: `yes`, or the name of what goes.
  var word: String

  /// Returns when the person agreed, or said so beforehand with `--yes`.
  ///
  /// - Throws: `CommandError` when they did not, and where nobody can be asked.
  func ask(isAgreed: Bool, _ console: Console) throws(CommandError) {
    if isAgreed { return }
    guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
      throw CommandError("not-confirmed", "not confirmed: \(warning)", fix: "there is no terminal to ask at: say --yes to agree")
    }
    Descriptor.write("\(warning)\nType '\(word)' to go on: ", to: STDERR_FILENO)
    guard let answer = readLine(), accepts(answer) else {
      throw CommandError("not-confirmed", "nothing was changed")
    }
  }

  func accepts(_ answer: String) -> Bool { answer.filter { !$0.isWhitespace } == word }
}
