import CLua

extension LuaState {
  /// Bytes of a thrown table that an error keeps as JSON.
  private static let thrownMax = 1 << 20

  /// Describes the error on top of `lua`'s stack, and leaves it there.
  static func failure(on lua: OpaquePointer, status: Int32) -> LuaError {
    var failure = clua_describe(lua, status)
    defer { clua_failure_free(&failure) }
    var error = LuaError(
      kind(of: failure), text(failure.message, failure.message_length) ?? "unknown error",
      traceback: text(failure.traceback, failure.traceback_length))
    // A table without a JSON form has its `__tostring` or its type's name in the message.
    if failure.is_table { error.json = try? LuaStack(lua).json(at: -1, limit: thrownMax) }
    if let object = failure.host_error { adopt(object, into: &error) }
    return error
  }

  func failure(on lua: OpaquePointer, status: Int32) -> LuaError { Self.failure(on: lua, status: status) }

  /// A `LuaError` that passed through a host function stays what it was; anything else becomes the underlying error.
  private static func adopt(_ object: UnsafeRawPointer, into error: inout LuaError) {
    let thrown = Unmanaged<LuaErrorBox>.fromOpaque(object).takeUnretainedValue().error
    guard let inner = thrown as? LuaError else {
      error.underlying = thrown
      return
    }
    error.kind = inner.kind
    error.underlying = inner.underlying
    error.json = inner.json
    error.traceback = inner.traceback ?? error.traceback
  }

  private static func text(_ bytes: UnsafePointer<CChar>?, _ length: Int) -> String? {
    guard let bytes else { return nil }
    return String(decoding: UnsafeRawBufferPointer(start: bytes, count: length), as: UTF8.self)
  }

  private static func kind(of failure: clua_failure) -> LuaError.Kind {
    switch failure.kind {
    case CLUA_FAILURE_SYNTAX: .syntax(incomplete: false)
    case CLUA_FAILURE_INCOMPLETE: .syntax(incomplete: true)
    case CLUA_FAILURE_MEMORY: .memoryLimit
    case CLUA_FAILURE_TIME: .timeLimit
    case CLUA_FAILURE_INTERRUPTED: .interrupted
    case CLUA_FAILURE_CANCELLED: .cancelled
    case CLUA_FAILURE_HOST: .host
    default: .runtime
    }
  }
}
