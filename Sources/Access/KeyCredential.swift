/// A key as a client shows it: `id:secret`. A text without a colon is all secret.
public struct KeyCredential: Sendable, Hashable {
  /// More bytes are no key; nothing is hashed then.
  public static let bytesMax = 512

  public var id: Substring
  public var secret: Substring

  public init(_ text: Substring) {
    let sides = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    (id, secret) = sides.count == 2 ? (sides[0], sides[1]) : ("", text)
  }

  /// Of an `Authorization` header with the scheme `Key`, as fal's clients write it, or `Bearer`.
  public init?(authorization: String?) {
    guard let authorization, authorization.utf8.count <= Self.bytesMax,
      let space = authorization.utf8.firstIndex(of: UInt8(ascii: " ")),
      ["key", "bearer"].contains(authorization[..<space].lowercased())
    else { return nil }
    let text = authorization[space...].drop { $0 == " " }
    guard !text.isEmpty else { return nil }
    self.init(text)
  }
}
