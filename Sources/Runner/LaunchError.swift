/// Why a `launch` frame is refused. Closes the connection.
enum LaunchError: Error, CustomStringConvertible {
  /// This process runs another runner already.
  case otherRunner(String)
  /// This executable cannot play it.
  case unknownRole(String)

  var description: String {
    switch self {
    case .otherRunner(let id): "this process does not run \(id)"
    case .unknownRole(let role): "the role '\(role)' is not known"
    }
  }
}
