import CPlatform
import Lua

extension ScriptLibraries {
  /// `fail(status, detail)` ends the request with that status; `sleep(seconds)` lets other requests run.
  func installFail() throws {
    try global("fail") { call in
      let status = try call.integer(1)
      guard FailError.statuses.contains(status) else {
        throw LibraryError.invalid("fail: the status must be between 400 and 599, not \(status)")
      }
      let detail =
        call.isNone(2) ? JSONText.string(FailError.reason(of: status)) : try call.json(at: 2, limit: FailError.detailMax)
      throw FailError(status: UInt16(status), detail: detail)
    }
    try global("sleep") { [unowned self] call in
      let seconds = try call.number(1)
      guard seconds >= 0, seconds <= Self.sleepMax else {
        throw LibraryError.invalid("sleep: seconds must be between 0 and \(Int(Self.sleepMax)), not \(seconds)")
      }
      let loop = try running("sleep")
      return try call.suspend { suspension in
        let timer = loop.after(.seconds(seconds)) { suspension.resume() }
        suspension.onCancel = { timer.cancel() }
      }
    }
  }

  /// No request lasts longer than a day.
  private static let sleepMax = 86_400.0

  /// `time.now()`, `time.monotonic()`, `time.format(t)`, `time.parse(text)`, `time.date(t)`: seconds since 1970, UTC.
  func installTime() throws {
    try library(
      "time",
      [
        ("now", { try $0.returns(Double(platform_wall_clock()) / 1e9) }),
        ("monotonic", { try $0.returns(Double(platform_now()) / 1e9) }),
        (
          "format",
          { call in
            let seconds = try Self.seconds(call)
            guard let text = Timestamp.format(seconds) else {
              throw LibraryError.invalid("time.format: \(seconds) is out of range")
            }
            return try call.returns(text)
          }
        ),
        (
          "parse",
          { call in
            try call.returns(Timestamp.parse(try call.string(1)))
          }
        ),
        ("date", { [unowned self] call in try date(call) }),
      ])
  }

  private static func seconds(_ call: borrowing LuaCall) throws -> Double {
    call.isNone(1) ? Double(platform_wall_clock()) / 1e9 : try call.number(1)
  }

  private func date(_ call: borrowing LuaCall) throws -> LuaReturn {
    let seconds = try Self.seconds(call)
    guard Timestamp.range.contains(seconds) else { throw LibraryError.invalid("time.date: \(seconds) is out of range") }
    let parts = Timestamp.parts(of: Int(seconds.rounded(.down)))
    let table = try state.table()
    let fields = [
      ("year", parts.year), ("month", parts.month), ("day", parts.day), ("hour", parts.hour), ("min", parts.minute),
      ("sec", parts.second), ("wday", parts.weekday), ("yday", parts.yearDay),
    ]
    for (name, value) in fields { try table.set(name, value) }
    return try call.returns(table)
  }

  /// `base64.encode(bytes)`, `base64.decode(text)`.
  func installBase64() throws {
    try library(
      "base64",
      [
        ("encode", { call in try call.returns(try call.withBytes(1) { Base64.encode($0) }) }),
        (
          "decode",
          { call in
            guard let bytes = try call.withBytes(1, { Base64.decode($0) }) else {
              throw LibraryError.invalid("base64.decode: this is not base64")
            }
            return try call.returns(bytes)
          }
        ),
      ])
  }

  private static let envSource = #"""
    local values, next, error = ..., next, error
    return setmetatable({}, {
      __index = values,
      __newindex = function() error("env is read-only", 2) end,
      __pairs = function() return function(_, key) return next(values, key) end end,
      __metatable = false,
    })
    """#

  /// `env.NAME`, read-only, and `secret(name)`.
  func installEnvironment() throws {
    let values = try state.table()
    for (name, value) in env { try values.set(name, value) }
    try state.globals.set("env", try run(Self.envSource, name: "env", [values]))
    try global("secret") { [unowned self] call in
      let name = try call.string(1)
      _ = try running("secret")
      guard let value = secrets[name] else {
        throw LibraryError.invalid("secret '\(name)' is not set; name it in secrets = { … } and give it a value")
      }
      return try call.returns(value)
    }
  }
}
