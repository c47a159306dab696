import AppModel
import Lua

extension ScriptLibraries {
  /// Answers read their JSON only when asked; works as `answer:json()` and `answer.json()`.
  private static let answerSource = #"""
    local decode = json.decode
    return { __index = function(answer, name)
      if name == "json" then return function() return decode(answer.body) end end
    end }
    """#

  /// `http.get(url, options)`, `post`, `put`, `patch`, `delete`, and `http.request(method, url, options)`.
  func installHTTP() throws {
    guard case .table(let meta) = try run(Self.answerSource, name: "http") else {
      throw LibraryError.unavailable("the http library does not load")
    }
    let methods = ["get", "post", "put", "patch", "delete"]
    var functions: [(String, (borrowing LuaCall) throws -> LuaReturn)] = methods.map { name in
      (
        name,
        { [unowned self] call in
          try request(call, "http.\(name)", method: name.uppercased(), url: try call.string(1), options: 2, meta)
        }
      )
    }
    functions.append(
      (
        "request",
        { [unowned self] call in
          try request(call, "http.request", method: try call.string(1).uppercased(), url: try call.string(2), options: 3, meta)
        }
      ))
    try library("http", functions)
  }

  private func request(
    _ call: borrowing LuaCall, _ name: String, method: String, url: String, options: Int, _ meta: LuaTable
  ) throws -> LuaReturn {
    _ = try running(name)
    guard let http else { throw LibraryError.notWhileLoading(name) }
    var request = HTTPRequest(url: url)
    request.method = method
    if !call.isNone(options) { try apply(try call.table(options), to: &request, name) }
    let checked = request
    return try call.suspend { [unowned self] suspension in
      let transfer = try http.start(checked) { [unowned self] result in
        switch result {
        case .success(let response): deliver(response, meta, suspension)
        case .failure(let error): suspension.resume(throwing: LibraryError.invalid("\(name): \(error)"))
        }
      }
      suspension.onCancel = { http.cancel(transfer) }
    }
  }

  private func deliver(_ response: HTTPResponse, _ meta: LuaTable, _ suspension: LuaSuspension) {
    do {
      let headers = try state.table()
      for (name, value) in response.headers { try headers.set(name, value) }
      let answer = try state.table()
      try answer.set("status", response.status)
      try answer.set("headers", headers)
      try answer.set("body", response.body)
      try answer.setMetatable(meta)
      suspension.resume(returning: answer)
    } catch {
      suspension.resume(throwing: error)
    }
  }

  private func apply(_ options: LuaTable, to request: inout HTTPRequest, _ name: String) throws {
    for (key, value) in try options.pairs() {
      switch (Self.text(key), value) {
      case ("headers", .table(let headers)): try addHeaders(headers, to: &request, name)
      case ("body", .string(let bytes)): request.body = bytes
      case ("json", .table(let table)):
        request.body = try table.json(limit: HTTPRequest.bytesMax)
        let hasType = request.headers.contains { $0.name.lowercased() == "content-type" }
        if !hasType { request.headers.append(("content-type", "application/json")) }
      case ("timeout", let value) where Self.seconds(value) != nil: request.timeout = Self.seconds(value) ?? request.timeout
      case ("max_bytes", .integer(let bytes)): request.bytesLimit = bytes
      case ("redirects", .integer(let count)): request.redirectsLimit = count
      case (let option?, _) where Self.options.contains(option):
        throw LibraryError.invalid("\(name): option '\(option)' has a value of the wrong type")
      case (let option, _):
        let known = Self.options.joined(separator: ", ")
        throw LibraryError.invalid("\(name): unknown option '\(option ?? "?")'; there are \(known)")
      }
    }
  }

  private static let options = ["headers", "body", "json", "timeout", "max_bytes", "redirects"]

  private func addHeaders(_ headers: LuaTable, to request: inout HTTPRequest, _ name: String) throws {
    for (key, value) in try headers.pairs() {
      guard let header = Self.text(key), let text = Self.text(value) else {
        throw LibraryError.invalid("\(name): headers are text = text")
      }
      request.headers.removeAll { $0.name.lowercased() == header.lowercased() }
      request.headers.append((header, text))
    }
  }

  /// A number of seconds, or a duration as options have it: `"10s"`.
  private static func seconds(_ value: LuaValue) -> Double? {
    switch value {
    case .integer(let seconds): Double(seconds)
    case .number(let seconds): seconds
    case .string(let bytes): String(validating: bytes, as: UTF8.self).flatMap(Duration.init(text:))?.inSeconds
    case .nilValue, .null, .boolean, .table, .function, .opaque: nil
    }
  }

  private static func text(_ value: LuaValue) -> String? {
    switch value {
    case .string(let bytes): String(validating: bytes, as: UTF8.self)
    case .integer(let number): String(number)
    case .nilValue, .null, .boolean, .number, .table, .function, .opaque: nil
    }
  }
}
