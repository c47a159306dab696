/// A pattern of paths: `*` stands for any part of a name, `?` for one character, `**` for any number of folders.
public struct PathPattern: Sendable, Hashable {
  public let text: String
  private let parts: [[UInt8]]

  public init(_ text: String) {
    self.text = text
    parts = text.split(separator: "/").filter { $0 != "." }.map { Array($0.utf8) }
  }

  /// Whether any part of it stands for more than itself.
  public var hasWildcards: Bool { parts.contains { $0.contains(UInt8(ascii: "*")) || $0.contains(UInt8(ascii: "?")) } }

  /// The folder that holds all that can match.
  public var fixedFolder: String {
    let fixed = parts.prefix { !$0.contains(UInt8(ascii: "*")) && !$0.contains(UInt8(ascii: "?")) }
    let folders = fixed.count == parts.count ? fixed.dropLast() : fixed
    return folders.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
  }

  /// Whether the whole path matches; a pattern also matches everything below a folder that it matches.
  public func matches(_ path: String) -> Bool {
    let names = path.split(separator: "/").map { Array($0.utf8) }
    // reached[n]: the parts so far match the first n names.
    var reached = [Bool](repeating: false, count: names.count + 1)
    reached[0] = true
    for part in parts {
      if part == Array("**".utf8) {
        if let first = reached.firstIndex(of: true) {
          for index in first..<reached.count { reached[index] = true }
        }
        continue
      }
      for index in stride(from: names.count, to: 0, by: -1) {
        reached[index] = reached[index - 1] && Self.matches(part, names[index - 1])
      }
      reached[0] = false
    }
    return !parts.isEmpty && reached.dropFirst().contains(true)
  }

  /// Whether some folder or file name of the path matches: how a pattern without `/` is meant among those to ignore.
  func matchesAnyName(_ path: String) -> Bool {
    guard parts.count == 1 else { return matches(path) }
    return path.split(separator: "/").contains { Self.matches(parts[0], Array($0.utf8)) }
  }

  /// One name: each `*` takes as little as it can, and only the last one is ever taken back, so the work is bounded.
  private static func matches(_ pattern: [UInt8], _ name: [UInt8]) -> Bool {
    var (at, next) = (0, 0)
    var retry: (at: Int, next: Int)?
    while next < name.count {
      if at < pattern.count, pattern[at] == UInt8(ascii: "*") {
        retry = (at + 1, next)
        at += 1
      } else if at < pattern.count, pattern[at] == name[next] || pattern[at] == UInt8(ascii: "?") {
        at += 1
        next += 1
      } else if let last = retry {
        retry = (last.at, last.next + 1)
        (at, next) = (last.at, last.next + 1)
      } else {
        return false
      }
    }
    return pattern[at...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
