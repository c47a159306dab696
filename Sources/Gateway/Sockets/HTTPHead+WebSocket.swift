import NIOHTTP1

extension HTTPRequestHead {
  /// Whether it asks for a websocket, as RFC 6455 has it. One that only looks like it is an ordinary request.
  var isWebSocketUpgrade: Bool {
    guard method == .GET, version == .http1_1, headers.names("upgrade", "websocket"), headers.names("connection", "upgrade"),
      headers["sec-websocket-version"] == ["13"]
    else { return false }
    let keys = headers["sec-websocket-key"]
    return keys.count == 1 && Self.isWebSocketKey(keys[0]) && headers["transfer-encoding"].isEmpty
      && headers["content-length"].allSatisfy { $0 == "0" }
  }

  /// Sixteen bytes in base64.
  private static func isWebSocketKey(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count == 24, bytes[22] == UInt8(ascii: "="), bytes[23] == UInt8(ascii: "=") else { return false }
    return bytes[..<22].allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
        true
      default: false
      }
    }
  }
}

extension HTTPResponseHead {
  /// Whether what follows it is a websocket's.
  var isWebSocketSwitch: Bool {
    status == .switchingProtocols && headers.names("upgrade", "websocket") && headers.names("connection", "upgrade")
  }
}

extension HTTPHeaders {
  /// Whether `word` is in the list that the header is; `word` is in lower case.
  fileprivate func names(_ header: String, _ word: StaticString) -> Bool {
    self[header].contains { value in
      value.split(separator: ",").contains { part in
        String(part.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }).is(word)
      }
    }
  }
}
