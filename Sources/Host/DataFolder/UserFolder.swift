import Glibc

/// Folders of the user who runs this process.
public enum UserFolder {
  /// `$HOME`, else what the system's list of users says; `/` for a user without any.
  public static func home(_ environment: [String: String]) -> String {
    if let home = environment["HOME"], home.hasPrefix("/") { return home }
    guard let entry = getpwuid(getuid()), let folder = entry.pointee.pw_dir else { return "/" }
    return String(cString: folder)
  }
}
