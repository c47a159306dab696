/// Holds a Swift error while a Lua error object owns it.
final class LuaErrorBox {
  let error: any Error

  init(_ error: any Error) { self.error = error }

  /// The text that scripts see.
  var message: String {
    if let error = error as? LuaError { return error.message }
    return String(describing: error)
  }
}
