import Lua
import RunnerProtocol

/// The `request` that handlers get as their second argument.
enum RequestObject {
  /// A chunk that gets the methods and returns `invoke(handler, input, request)`.
  ///
  /// `request` arrives as a table made from JSON in one pass; its methods hang on one metatable for all requests. The tail
  /// call keeps tracebacks to the script's own lines. What nearly every request has alike is not in the JSON: its method, and
  /// a query without parameters.
  static let source = #"""
    local send, header, cancelled = ...
    local setmetatable, rawset = setmetatable, rawset
    local methods = { send = send, header = header, method = "POST" }
    local meta = { __metatable = false, __index = function(request, name)
      if name == "cancelled" then return cancelled() end
      if name == "query" then
        rawset(request, "query", {})
        return request.query
      end
      return methods[name]
    end }
    return function(handler, input, request, hasMethods)
      return handler(input, hasMethods and request or setmetatable(request, meta))
    end
    """#

  /// The fields of `request`, as JSON. Header names are in lower case.
  static func json(_ head: RequestHead) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(256)
    output.append(UInt8(ascii: "{"))
    JSONText.append(key: "id", head.requestID, to: &output)
    output.append(UInt8(ascii: ","))
    JSONText.append(key: "path", head.path, to: &output)
    if head.method != "POST" {
      output.append(UInt8(ascii: ","))
      JSONText.append(key: "method", head.method, to: &output)
    }
    if !head.callerID.isEmpty {
      output.append(UInt8(ascii: ","))
      JSONText.append(key: "caller", head.callerID, to: &output)
    }
    output += #","headers":{"#.utf8
    for (index, header) in head.headers.enumerated() {
      if index > 0 { output.append(UInt8(ascii: ",")) }
      JSONText.append(header.name.lowercased(), to: &output)
      output.append(UInt8(ascii: ":"))
      JSONText.append(header.value, to: &output)
    }
    output.append(UInt8(ascii: "}"))
    if !head.query.isEmpty { append(query: head.query, to: &output) }
    output.append(UInt8(ascii: "}"))
    return output
  }

  /// A name that comes twice keeps its last value.
  private static func append(query: String, to output: inout [UInt8]) {
    output += #","query":{"#.utf8
    for (index, parameter) in QueryText.parameters(query).enumerated() {
      if index > 0 { output.append(UInt8(ascii: ",")) }
      JSONText.append(parameter.name, to: &output)
      output.append(UInt8(ascii: ":"))
      JSONText.append(parameter.value, to: &output)
    }
    output.append(UInt8(ascii: "}"))
  }
}
