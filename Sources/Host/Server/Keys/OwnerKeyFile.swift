import FoundationEssentials
import Platform

/// The file in which the owner's key lies for this user's own commands.
enum OwnerKeyFile {
  /// A file with more bytes is none of ours.
  private static let bytesMax = 4096

  /// The key in the file; nil without one.
  static func read(_ path: String) -> OwnerKey? {
    guard let data = FileManager.default.contents(atPath: path), data.count <= bytesMax else { return nil }
    let text = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isWhitespace).first
    return text.map { OwnerKey(text: String($0)) }
  }

  static func write(_ key: OwnerKey, to path: String) throws(SystemError) { try PrivateFile.write(key.text, to: path) }
}
