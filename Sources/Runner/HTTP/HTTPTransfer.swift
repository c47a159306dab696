/// One request under way. libcurl's callbacks fill it.
final class HTTPTransfer {
  let request: HTTPRequest
  var response = HTTPResponse()
  /// Takes the outcome once; nil after that, and when nobody waits any more.
  var completion: ((Result<HTTPResponse, HTTPError>) -> Void)?
  private(set) var isTooLarge = false
  private var headerBytes = 0

  /// All header lines together, those of redirects included.
  private static let headerBytesMax = 256 * 1024

  init(request: HTTPRequest, completion: @escaping (Result<HTTPResponse, HTTPError>) -> Void) {
    self.request = request
    self.completion = completion
  }

  /// One header line with its line end. False ends the transfer.
  func addHeader(_ line: UnsafeRawBufferPointer) -> Bool {
    headerBytes += line.count
    guard headerBytes <= Self.headerBytesMax else {
      isTooLarge = true
      return false
    }
    let text = String(decoding: line, as: UTF8.self)
    // A redirect's headers are not the answer's.
    if text.hasPrefix("HTTP/") {
      response.headers = [:]
      response.body = []
    }
    guard let colon = text.firstIndex(of: ":") else { return true }
    let name = text[..<colon].lowercased()
    let value = text[text.index(after: colon)...].trimmingSpaces()
    response.headers[name] = response.headers[name].map { "\($0), \(value)" } ?? value
    return true
  }

  /// A piece of the body. False ends the transfer.
  func addData(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard response.body.count + bytes.count <= request.bytesLimit else {
      isTooLarge = true
      return false
    }
    response.body.append(contentsOf: bytes)
    return true
  }

  func finish(status: Int, timedOut: Bool, problem: String?) {
    guard let completion else { return }
    self.completion = nil
    if let problem {
      if isTooLarge { return completion(.failure(.tooLarge(limit: request.bytesLimit))) }
      if timedOut { return completion(.failure(.timedOut(seconds: request.timeout))) }
      return completion(.failure(.failed(problem)))
    }
    response.status = status
    completion(.success(response))
  }
}

extension Substring {
  /// Without spaces, tabs and line ends around it.
  func trimmingSpaces() -> String {
    let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0d).contains($0) }
    let bytes = utf8.drop(while: isSpace)
    guard let last = bytes.lastIndex(where: { !isSpace($0) }) else { return "" }
    return String(decoding: bytes[...last], as: UTF8.self)
  }
}
