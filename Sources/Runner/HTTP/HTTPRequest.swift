/// A request that a script makes of another server, checked.
struct HTTPRequest {
  static let timeoutDefault = 30.0
  /// A request in a script cannot outlast the longest request time-out by much.
  static let timeoutMax = 3600.0
  static let bytesDefault = 10 * 1_048_576
  static let bytesMax = 256 * 1_048_576
  static let redirectsDefault = 5
  static let redirectsMax = 20
  static let headersMax = 100
  private static let urlMax = 16 * 1024

  var method = "GET"
  var url: String
  var headers: [(name: String, value: String)] = []
  var body: [UInt8]?
  var timeout = HTTPRequest.timeoutDefault
  /// The largest body of the answer, in bytes.
  var bytesLimit = HTTPRequest.bytesDefault
  var redirectsLimit = HTTPRequest.redirectsDefault

  init(url: String) { self.url = url }

  /// Refuses what could smuggle lines into the request or reach anything but HTTP.
  func check() throws(HTTPError) {
    let lowered = url.prefix(8).lowercased()
    guard lowered.hasPrefix("http://") || lowered.hasPrefix("https://") else {
      throw .invalid("the URL '\(url.prefix(100))' does not start with http:// or https://")
    }
    guard url.utf8.count <= Self.urlMax, url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
      throw .invalid("the URL is too long or holds spaces or control characters")
    }
    guard !method.isEmpty, method.utf8.count <= 16, method.utf8.allSatisfy({ (0x41...0x5a).contains($0) }) else {
      throw .invalid("'\(method.prefix(20))' is no HTTP method")
    }
    guard headers.count <= Self.headersMax else { throw .invalid("more than \(Self.headersMax) headers") }
    for header in headers { try HeaderRule.check(header.name, header.value) }
    guard timeout > 0, timeout <= Self.timeoutMax else {
      throw .invalid("timeout must be between 0 and \(Int(Self.timeoutMax)) seconds")
    }
    guard (1...Self.bytesMax).contains(bytesLimit) else {
      throw .invalid("max_bytes must be between 1 and \(Self.bytesMax)")
    }
    guard (0...Self.redirectsMax).contains(redirectsLimit) else {
      throw .invalid("redirects must be between 0 and \(Self.redirectsMax)")
    }
  }
}

/// What came back.
struct HTTPResponse {
  var status = 0
  /// Lower-case names; values of a repeated name are joined by ", ".
  var headers: [String: String] = [:]
  var body: [UInt8] = []
}
