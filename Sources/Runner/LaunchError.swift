/// Why a `launch` frame is refused. Closes the connection.
enum LaunchError: Error, CustomStringConvertible {
  /// This process runs another runner already.
  case otherRunner(String)

  var description: String {
    switch self {
    case .otherRunner(let id): "this process does not run \(id)"
    }
  }
}
