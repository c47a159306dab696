/// Content types as callers name them, and what a browser may do with them.
enum FileType {
  static let standard = "application/octet-stream"
  private static let bytesMax = 127
  /// What a browser shows and never runs.
  private static let shown: Set<String> = [
    "text/plain", "application/json", "application/octet-stream", "image/png", "image/jpeg", "image/gif", "image/webp",
    "image/avif", "image/bmp",
  ]

  /// Itself where it can stand in a header.
  static func cleaned(_ text: String?) -> String {
    guard let text, text.utf8.count <= bytesMax, text.utf8.contains(UInt8(ascii: "/")),
      text.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
    else { return standard }
    return text
  }

  /// Anything else is saved, not shown: a page or drawing of a stranger must not run under this server's name.
  static func isShown(_ type: String) -> Bool {
    let plain = type.prefix { $0 != ";" && $0 != " " }.lowercased()
    return shown.contains(plain) || plain.hasPrefix("audio/") || plain.hasPrefix("video/")
  }
}
