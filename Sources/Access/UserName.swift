/// The rules for names of users: they stand in URLs, as the first part of an app's path.
public enum UserName {
  public static let lengthMax = 39
  /// First segments of paths that mean something else.
  public static let reserved: Set<String> = ["v1", "health", "metrics", "files", "queue", "rest", "cdn", ".well-known"]

  /// What is wrong with a name; nil: nothing.
  public static func problem(_ name: String) -> String? {
    if reserved.contains(name) { return "'\(name)' means something else in addresses" }
    let bytes = Array(name.utf8)
    let isPlain = bytes.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
        UInt8(ascii: "_"):
        true
      default: false
      }
    }
    let isEdged = bytes.first == UInt8(ascii: "-") || bytes.last == UInt8(ascii: "-")
    guard isPlain, !isEdged, (1...lengthMax).contains(bytes.count) else {
      return "a name has 1 to \(lengthMax) of a-z, 0-9, - and _, and no hyphen at either end"
    }
    return nil
  }
}
