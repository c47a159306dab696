import Crypto
import FoundationEssentials
import Glibc
import Platform

/// With this the server signs its webhooks, and by its public half receivers know them.
struct WebhookKey: Sendable {
  private static let fileBytesMax = 4096

  private let key: Curve25519.Signing.PrivateKey

  /// The data folder's own, which is made at the first start.
  ///
  /// - Throws: `webhook-key-damaged` for a file that holds something else; `SystemError`.
  static func prepare(_ path: String) throws -> WebhookKey {
    guard access(path, F_OK) == 0 else {
      let fresh = Curve25519.Signing.PrivateKey()
      try PrivateFile.write(fresh.rawRepresentation.base64EncodedString(), to: path)
      return WebhookKey(key: fresh)
    }
    guard let data = FileManager.default.contents(atPath: path), data.count <= fileBytesMax else {
      throw damaged(path)
    }
    let line = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
    do {
      guard let raw = Data(base64Encoded: line) else { throw damaged(path) }
      return WebhookKey(key: try Curve25519.Signing.PrivateKey(rawRepresentation: raw))
    } catch {
      throw damaged(path)
    }
  }

  private static func damaged(_ path: String) -> ServerFailure {
    ServerFailure(
      code: "webhook-key-damaged", message: "\(path) does not hold the key with which webhooks are signed",
      fix: "put it back from a backup, or remove it: another is made then, which receivers fetch by themselves")
  }

  /// fal's headers for `body`.
  func headers(request: String, user: String, at seconds: Int64, _ body: [UInt8]) throws -> [(String, String)] {
    let digest = SHA256.hash(data: body).map { $0 }.hexadecimal
    let text = "\(request)\n\(user)\n\(seconds)\n\(digest)"
    let signature = try key.signature(for: Data(text.utf8))
    return [
      ("X-Fal-Webhook-Request-Id", request), ("X-Fal-Webhook-User-Id", user), ("X-Fal-Webhook-Timestamp", "\(seconds)"),
      ("X-Fal-Webhook-Signature", Array(signature).hexadecimal),
    ]
  }

  /// The public half, as a JSON Web Key Set (RFC 7517, 8037).
  var keySet: String {
    let x = Self.base64URL(key.publicKey.rawRepresentation)
    // Its thumbprint (RFC 7638), of just these fields in this order.
    let id = Self.base64URL(Data(SHA256.hash(data: Data(#"{"crv":"Ed25519","kty":"OKP","x":"\#(x)"}"#.utf8))))
    return #"{"keys":[{"alg":"EdDSA","crv":"Ed25519","kid":"\#(id)","kty":"OKP","use":"sig","x":"\#(x)"}]}"#
  }

  private static func base64URL(_ data: Data) -> String {
    String(
      data.base64EncodedString().compactMap { character in
        switch character {
        case "+": "-"
        case "/": "_"
        case "=": nil
        default: character
        }
      })
  }
}
