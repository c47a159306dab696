/// A Lua file, evaluated as what it turned out to be.
public enum CheckedFile: Sendable, Hashable {
  case script(EvaluatedScript)
  case configuration(EvaluatedConfiguration)
}
