/// What an evaluation ends with that the person has interrupted.
struct Interruption: Error, CustomStringConvertible {
  var description: String { "interrupted" }
}
