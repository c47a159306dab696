import Glibc

/// What standard input is good for during a run.
enum RunInput: Sendable, Hashable {
  /// A person at a terminal.
  case prompt
  /// A pipe or a file: its lines are a script, and the run ends with it.
  case script
  /// Neither, or it was not asked for: the run ends by a signal.
  case none

  init(noRepl: Bool, json: Bool, descriptor: Int32 = STDIN_FILENO) {
    var status = stat()
    guard !noRepl, fstat(descriptor, &status) == 0 else {
      self = .none
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFIFO, S_IFREG, S_IFSOCK: self = .script
    // /dev/null is a character device too, and asks for nothing.
    case S_IFCHR: self = isatty(descriptor) == 1 && isatty(STDOUT_FILENO) == 1 && !json ? .prompt : .none
    default: self = .none
    }
  }
}
