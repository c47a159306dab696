import Glibc

/// Prints results to standard output and errors to standard error, for pipes and files.
public struct PlainOutput: ReplOutput {
  /// Both to standard output, in order: what a transcript needs.
  private let isMerged: Bool

  public init(isMerged: Bool = false) { self.isMerged = isMerged }

  public func print(_ text: String) { Descriptor.write(text.endingInLineBreak, to: STDOUT_FILENO) }

  public func printError(_ text: String) {
    Descriptor.write(text.endingInLineBreak, to: isMerged ? STDOUT_FILENO : STDERR_FILENO)
  }
}

extension String {
  var endingInLineBreak: String { hasSuffix("\n") ? self : self + "\n" }
}
