import Glibc

/// The user who runs this process: the owner of scripts that name none.
public enum CurrentUser {
  /// The login name, in the form that URLs and definitions take; `me` when there is none.
  public static func name() -> String {
    guard let entry = getpwuid(getuid()) else { return "me" }
    return sanitized(String(cString: entry.pointee.pw_name))
  }

  /// Lowercase letters, digits and hyphens only.
  static func sanitized(_ name: String) -> String {
    let kept = name.lowercased().unicodeScalars.map { scalar -> Character in
      ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) ? Character(scalar) : "-"
    }
    let trimmed = String(kept).drop { $0 == "-" }
    return trimmed.isEmpty ? "me" : String(trimmed.prefix(63))
  }
}
