import CPlatform
import Lua
import Platform

extension ScriptLibraries {
  /// Digests that scripts may ask for. MD5 and SHA-1 are there for protocols that demand them.
  private static let algorithms = ["sha256", "sha384", "sha512", "sha1", "md5"]
  private static let randomMax = 1_048_576

  /// `crypto.hash(algorithm, data)`, `crypto.hmac(algorithm, key, data)` (both hexadecimal), `crypto.random(bytes)`,
  /// `crypto.uuid()`.
  func installCrypto() throws {
    try library(
      "crypto",
      [
        (
          "hash",
          { call in
            let algorithm = try Self.algorithm(call)
            let digest = try call.withBytes(2) { data in
              Self.digest { platform_digest(algorithm, data.bytes, data.count, $0) }
            }
            return try call.returns(Self.hexadecimal(digest))
          }
        ),
        (
          "hmac",
          { call in
            let algorithm = try Self.algorithm(call)
            let key = try call.bytes(2)
            let digest = try call.withBytes(3) { data in
              Self.digest { platform_hmac(algorithm, key, key.count, data.bytes, data.count, $0) }
            }
            return try call.returns(Self.hexadecimal(digest))
          }
        ),
        (
          "random",
          { call in
            let count = try call.integer(1)
            guard (0...Self.randomMax).contains(count) else {
              throw LibraryError.invalid("crypto.random: bytes must be between 0 and \(Self.randomMax)")
            }
            return try call.returns(try Self.random(count))
          }
        ),
        ("uuid", { call in try call.returns(Self.uuid(try Self.random(16))) }),
      ])
  }

  private static func algorithm(_ call: borrowing LuaCall) throws -> String {
    let name = try call.string(1).lowercased()
    guard algorithms.contains(name) else {
      throw LibraryError.invalid("unknown algorithm '\(name.prefix(40))': use \(algorithms.joined(separator: ", "))")
    }
    if let problem = platform_digest_problem() { throw LibraryError.unavailable(String(cString: problem)) }
    return name
  }

  private static func digest(_ compute: (UnsafeMutablePointer<UInt8>?) -> Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Int(PLATFORM_DIGEST_MAX)) { buffer, count in count = compute(buffer.baseAddress) }
  }

  private static func random(_ count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    _ = try SystemError.check("crypto.random", platform_random(&bytes, count))
    return bytes
  }

  private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    let digits = Array("0123456789abcdef".utf8)
    return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
  }

  /// Version 4: random, but for six bits that say so.
  private static func uuid(_ random: [UInt8]) -> [UInt8] {
    var bytes = random
    bytes[6] = bytes[6] & 0x0f | 0x40
    bytes[8] = bytes[8] & 0x3f | 0x80
    let groups = [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { hexadecimal(bytes[$0]) }
    return Array(groups.joined(separator: [UInt8(ascii: "-")]))
  }
}

extension UnsafeRawBufferPointer {
  fileprivate var bytes: UnsafePointer<UInt8>? { baseAddress?.assumingMemoryBound(to: UInt8.self) }
}
