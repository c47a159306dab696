import Lua
import RunnerProtocol

typealias LogLevel = LogRecord.Level

extension ScriptLibraries {
  /// Formats in Lua, where `tostring` honours `__tostring`.
  private static let logSource = #"""
    local write = ...
    local type, tostring, next, pcall, select = type, tostring, next, pcall, select
    local concat, sort, find, encode = table.concat, table.sort, string.find, json.encode
    local log = {}

    local function text(value)
      if type(value) == "string" and find(value, "^[%w_%.%-:/@]+$") then return value end
      local ok, encoded = pcall(encode, value)
      return ok and encoded or tostring(value)
    end

    local function line(message, fields)
      message = tostring(message)
      if type(fields) ~= "table" then
        return fields == nil and message or message .. " " .. text(fields)
      end
      local parts = {}
      for name, value in next, fields do parts[#parts + 1] = tostring(name) .. "=" .. text(value) end
      sort(parts)
      return message .. (#parts > 0 and " " or "") .. concat(parts, " ")
    end

    function log.debug(message, fields) write(0, line(message, fields)) end
    function log.info(message, fields) write(1, line(message, fields)) end
    function log.warn(message, fields) write(2, line(message, fields)) end
    log.warning = log.warn
    function log.error(message, fields) write(3, line(message, fields)) end

    function log.print(...)
      local parts = {}
      for index = 1, select("#", ...) do parts[index] = tostring((select(index, ...))) end
      write(1, concat(parts, "\t"))
    end

    return log
    """#

  /// `log.debug`, `info`, `warn`, `error` with a table of fields; `print` is `log.info`.
  func installLog() throws {
    let write = try state.function("log") { [unowned self] call in
      let level = LogLevel(rawValue: UInt8(clamping: try call.integer(1))) ?? .info
      let message = try call.withBytes(2) { String(decoding: $0.prefix(LogRecord.messageMax), as: UTF8.self) }
      output.log(level, message, task: call.task)
      return try waitForOutput(call)
    }
    guard case .table(let log) = try run(Self.logSource, name: "log", [write]) else {
      throw LibraryError.unavailable("the log library does not load")
    }
    try state.globals.set("print", try log.get("print"))
    try log.set("print", LuaValue.nilValue)
    try state.globals.set("log", log)
  }

  /// A script that logs faster than its host takes it waits. Where it cannot, records are dropped instead, and counted.
  private func waitForOutput(_ call: borrowing LuaCall) throws -> LuaReturn {
    guard !isLoading, output.isCongested, call.task != nil else { return call.returns() }
    do {
      return try call.suspend { [unowned self] suspension in
        output.whenDrained { suspension.resume() }
      }
    } catch {
      return call.returns()
    }
  }
}
