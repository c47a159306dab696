import Lua

/// Takes the console's own frames out of a traceback: a person wants to see theirs.
enum ConsoleTraceback {
  static func shortened(_ error: LuaError) -> LuaError {
    var error = error
    guard let traceback = error.traceback else { return error }
    let lines = traceback.split(separator: "\n")
    // The printer calls what was typed as `chunk`; from there on outwards all is the console's.
    let own = lines.prefix { !$0.contains("in local 'chunk'") && !$0.contains("printer:") }
    // The first line is a title. Frames of C alone say nothing that the message does not.
    error.traceback = own.dropFirst().contains { !$0.contains("[C]") } ? own.joined(separator: "\n") : nil
    return error
  }
}
