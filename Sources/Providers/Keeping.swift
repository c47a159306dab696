/// What becomes of a local provider's runners when its process ends.
public enum Keeping: Sendable, Hashable {
  /// They end with it: an ephemeral host's. `base` is where run folders are; nil: `$XDG_RUNTIME_DIR/apolune`, or
  /// `/tmp/apolune-<uid>`.
  case nothing(base: String? = nil)
  /// They go on, and the next provider of the same name takes them over. Only one of that name can be at a time.
  case runners(name: String, base: String? = nil)

  var base: String? {
    switch self {
    case .nothing(let base), .runners(_, let base): base
    }
  }
}
