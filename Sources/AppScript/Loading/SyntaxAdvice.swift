/// What people of other languages write, and what Lua writes for it.
enum SyntaxAdvice {
  /// `near` is the token at which Lua's parser stopped, `rest` what follows it on its line; nil where there is nothing to say.
  static func find(_ message: String, near: String?, rest: String) -> String? {
    let next = rest.first
    if message.hasPrefix("unfinished string") { return "end the text on its own line, or write it as [[ … ]]" }
    switch near {
    case "!": return next == "=" ? "'not equal' is ~= in Lua" : "'not' is a word in Lua: not x"
    case "~": return "'not equal' is ~=, and 'not' is a word"
    case "&": return "'and' is a word in Lua"
    case "|": return "'or' is a word in Lua"
    case "+", "-", "*", "/", "..":
      if next == "=" { return "Lua has no \(near ?? "")=; write x = x \(near ?? "") …" }
      return near == "+" && next == "+" ? "Lua has no ++; write x = x + 1" : nil
    case "//", "#": return "comments begin with -- in Lua"
    case ":": return message.hasPrefix("'}' expected") ? "fields are written key = value" : nil
    case "=":
      if message.hasPrefix("'then' expected") || message.hasPrefix("'do' expected") { return "compare with ==" }
      return message.hasPrefix("'}' expected") ? "a key that is no plain name is written [\"key\"] = value" : nil
    case ")": return message.hasPrefix("unexpected symbol") ? "an 'end' may be missing above it" : nil
    case "<eof>": return missingEnd(message)
    default: break
    }
    if message.hasPrefix("'}' expected") { return "a comma may be missing before it" }
    if message.hasPrefix("'then' expected") { return "write if … then" }
    if near == "end" { return "there may be one 'end' too many, or a bracket missing before it" }
    return nil
  }

  private static func missingEnd(_ message: String) -> String? {
    let parts = message.split(separator: "'", omittingEmptySubsequences: false)
    guard parts.count >= 3, message.hasPrefix("'") else { return nil }
    return "add the missing \(parts[1])"
  }
}
