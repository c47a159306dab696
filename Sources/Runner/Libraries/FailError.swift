/// The answer that a script gives with `fail(status, detail)`.
struct FailError: Error, CustomStringConvertible {
  static let statuses = 400...599
  /// JSON of the detail may be this large.
  static let detailMax = 256 * 1024

  var status: UInt16
  /// JSON.
  var detail: [UInt8]

  var description: String { "fail \(status): \(String(decoding: detail, as: UTF8.self))" }

  /// What a status says by itself.
  static func reason(of status: Int) -> String {
    switch status {
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 402: "Payment Required"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 409: "Conflict"
    case 410: "Gone"
    case 413: "Content Too Large"
    case 415: "Unsupported Media Type"
    case 422: "Unprocessable Content"
    case 429: "Too Many Requests"
    case 500: "Internal Server Error"
    case 501: "Not Implemented"
    case 502: "Bad Gateway"
    case 503: "Service Unavailable"
    case 504: "Gateway Timeout"
    default: "Error \(status)"
    }
  }
}
