/// The forms in which a command's answer is printed.
enum OutputFormat: Sendable, Hashable {
  case text
  case json
  case markdown
}
