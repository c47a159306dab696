import NIOHTTP1

/// What a head says that can be read in two ways. Others on the way from the client may have read it in the other one, so
/// that such a request is refused and its connection is closed.
///
/// The HTTP decoder has refused before what it cannot read at all: two lengths, a length beside chunks, spaces before a
/// colon, line folding, bytes that no header may have.
struct RequestFlaw {
  private var hasTransferEncoding = false
  private(set) var fault: Fault?

  mutating func transferEncoding(_ value: String) {
    // Every coding but this would reach the app undone; two headers of it are one list.
    if hasTransferEncoding || !value.is("chunked") { fault = .unknownTransferCoding }
    hasTransferEncoding = true
  }

  mutating func contentLength(_ value: String) -> Int? {
    let isPlain = !value.isEmpty && value.utf8.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    if isPlain, let count = Int(value) { return count }
    fault = .malformed("Content-Length is no number")
    return nil
  }

  /// - Parameter known: the one before it.
  mutating func host(_ value: String, known: String?) {
    if known != nil { fault = .malformed("The request has two Host headers") }
    if !value.isAuthority { fault = .malformed("The Host header is no host") }
  }

  /// Every header was looked at.
  mutating func headersEnded(_ head: HTTPRequestHead, host: String?) {
    if head.version.minor == 0 {
      // It knows no chunks: who passes it on may have ignored them.
      if hasTransferEncoding { fault = .malformed("HTTP/1.0 has no Transfer-Encoding") }
    } else if host == nil {
      fault = .malformed("The request has no Host header")
    }
  }
}

extension Fault {
  static let unknownTransferCoding = Fault(501, "bad_request", "The only Transfer-Encoding that is understood is chunked")
}

extension String {
  /// Host and port, or nothing. What could be taken for more (a path, a user, a list) is neither.
  var isAuthority: Bool {
    utf8.allSatisfy { byte in
      switch byte {
      case 0x21...0x7e:
        byte != UInt8(ascii: "/") && byte != UInt8(ascii: "@") && byte != UInt8(ascii: ",") && byte != UInt8(ascii: "?")
          && byte != UInt8(ascii: "#") && byte != UInt8(ascii: "\\")
      default: false
      }
    }
  }

  /// What stands between scheme and path of a target that names both, as clients of a forward proxy send it; it goes before
  /// what the `Host` header says. nil for a path.
  var authorityOfTarget: String? {
    guard utf8.first != UInt8(ascii: "/"), begins("http://") || begins("https://") else { return nil }
    let rest = utf8.drop { $0 != UInt8(ascii: "/") }.dropFirst(2)
    return String(Substring(rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }))
  }
}
