/// What the query of a websocket's address says to the platform. Pure.
struct SocketQuery: Hashable {
  /// Longest token that is looked at; others are none.
  private static let tokenMax = 8192
  /// Names as fal's clients write them.
  private static let tokenName = "fal_jwt_token"
  private static let bufferingName = "max_buffering"

  /// In the place of a key: browsers cannot send headers with a handshake.
  private(set) var token: String?
  /// Messages that may wait, as the client wrote it.
  private(set) var maxBuffering: Int?
  /// With its question mark, for the app: all but the token.
  private(set) var rest = ""

  /// - Parameter query: with its question mark, if there is one.
  init(_ query: String) {
    guard query.utf8.first == UInt8(ascii: "?") else { return }
    var kept: [Substring] = []
    for part in query.dropFirst().split(separator: "&") {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard sides[0] == Self.tokenName else {
        if sides[0] == Self.bufferingName, sides.count == 2 { maxBuffering = Int(sides[1]) }
        kept.append(part)
        continue
      }
      token = sides.count == 2 ? Self.decoded(sides[1]) : ""
    }
    rest = kept.isEmpty ? "" : "?" + kept.joined(separator: "&")
  }

  /// Without its escapes; empty for what is no token.
  private static func decoded(_ text: Substring) -> String {
    guard text.utf8.count <= tokenMax else { return "" }
    var bytes: [UInt8] = []
    var rest = text.utf8
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else { return "" }
      bytes.append(code)
      rest = rest.dropFirst(2)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
