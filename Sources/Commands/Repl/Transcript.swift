/// A recorded session: what was entered, marked at the start of its lines, and what came out. A REPL that echoes
/// writes one; fed with `input` again, it must write the same.
public enum Transcript {
  static let first = "> "
  static let next = "| "

  /// The lines to feed to a REPL, without their marks.
  public static func input(of transcript: String) -> String {
    transcript.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { $0.hasPrefix(first) || $0.hasPrefix(next) || $0 == ">" || $0 == "|" }
      .map { $0.dropFirst(2) + "\n" }
      .joined()
  }

  /// `source` with its marks.
  static func echo(_ source: String) -> String {
    source.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
      .map { ($0.offset == 0 ? first : next) + $0.element }
      .joined(separator: "\n")
  }
}
