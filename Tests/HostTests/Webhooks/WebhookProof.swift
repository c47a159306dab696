import Crypto
import Foundation
import Testing

/// Checks a webhook as fal tells receivers to, from the key set that the server serves.
enum WebhookProof {
  private struct KeySet: Decodable {
    struct Key: Decodable {
      var kty: String
      var crv: String
      var x: String
    }
    var keys: [Key]
  }

  static func isSigned(_ headers: [(String, String)], _ body: [UInt8], by keySet: String) throws -> Bool {
    func header(_ name: String) throws -> String {
      try #require(headers.first { $0.0.lowercased() == "x-fal-webhook-" + name }?.1)
    }
    let digest = SHA256.hash(data: body).map { String(format: "%02x", $0) }.joined()
    let text = try [header("request-id"), header("user-id"), header("timestamp"), digest].joined(separator: "\n")
    let signature = try bytes(header("signature"))
    let key = try #require(try JSONDecoder().decode(KeySet.self, from: Data(keySet.utf8)).keys.first)
    #expect(key.kty == "OKP" && key.crv == "Ed25519")
    var x = key.x.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
    x += String(repeating: "=", count: (4 - x.count % 4) % 4)
    let point = try #require(Data(base64Encoded: x))
    return try Curve25519.Signing.PublicKey(rawRepresentation: point).isValidSignature(signature, for: Data(text.utf8))
  }

  private static func bytes(_ text: String) throws -> Data {
    let digits = Array(text)
    try #require(digits.count == 128)
    return Data(try stride(from: 0, to: digits.count, by: 2).map { try #require(UInt8(String(digits[$0...$0 + 1]), radix: 16)) })
  }
}
