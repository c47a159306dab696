/// A mistake in how a script uses its language, after which the call that made it cannot go on. Lua carries it to the loader.
struct ScriptMistake: Error, CustomStringConvertible {
  var code: String
  var message: String
  var fix: String?

  init(_ code: String, _ message: String, fix: String? = nil) {
    self.code = code
    self.message = message
    self.fix = fix
  }

  var description: String { fix.map { "\(message); \($0)" } ?? message }
}
