import FoundationEssentials

/// Opens some apps for a short while in the place of a key: for browsers, which must not have one.
///
/// Signed with the server's pepper, so that nothing is kept of it. It is as good as the key that it was made with, and ends
/// with that.
public struct RealtimeToken: Sendable, Hashable, Codable {
  /// Seconds that one may last.
  public static let lifeMax = 3600.0
  /// Names of apps in one.
  public static let appsMax = 32
  /// Characters of one as text; more are not looked at.
  public static let textMax = 4096
  private static let purpose = "realtime token"

  /// Id of the key that it was made with.
  public var key: String
  /// Apps as the client named them: `alias` or `owner/alias`.
  public var apps: [String]
  /// Seconds since 1970.
  public var expiresAt: Double

  /// nil for a life or a list that is not allowed.
  public init?(key: String, apps: [String], lasting life: Double, at now: Double) {
    guard life > 0, life <= Self.lifeMax, (1...Self.appsMax).contains(apps.count) else { return nil }
    self.key = key
    self.apps = apps
    expiresAt = now + life
  }

  /// Whether it is for the app `owner/name`.
  public func opens(_ app: String) -> Bool {
    apps.contains { $0 == app || (!$0.contains("/") && app.hasSuffix("/" + $0)) }
  }

  /// As clients carry it: the claims and their signature, each in base64 of the kind that needs no escapes in URLs, with a dot
  /// between them.
  public func text(signedWith pepper: Pepper) throws -> String {
    let claims = try JSONEncoder().encode(self)
    return claims.base64URL + "." + Data(pepper.signature(of: Array(claims), for: Self.purpose)).base64URL
  }

  /// nil for what was not signed with `pepper`, and for what has ended.
  public init?(_ text: String, pepper: Pepper, at now: Double) {
    guard text.utf8.count <= Self.textMax else { return nil }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let claims = Data(base64URL: parts[0]),
      let signature = Data(base64URL: parts[1]),
      pepper.isSignature(Array(signature), of: Array(claims), for: Self.purpose)
    else { return nil }
    // Nobody but this server signs, and it signs only what it has encoded.
    guard let token = try? JSONDecoder().decode(RealtimeToken.self, from: claims), now < token.expiresAt else { return nil }
    self = token
  }
}

extension Data {
  fileprivate var base64URL: String {
    String(
      base64EncodedString().compactMap { character in
        switch character {
        case "+": "-"
        case "/": "_"
        case "=": nil
        default: character
        }
      })
  }

  fileprivate init?(base64URL text: Substring) {
    let standard = text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
    self.init(base64Encoded: String(standard) + String(repeating: "=", count: (4 - standard.count % 4) % 4))
  }
}
