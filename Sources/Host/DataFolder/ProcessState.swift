import FoundationEssentials

/// Whether processes of this machine live.
public enum ProcessState {
  /// False for one that has ended and that its parent has not looked at yet.
  public static func isAlive(_ pid: Int32) -> Bool {
    guard let data = FileManager.default.contents(atPath: "/proc/\(pid)/stat") else { return false }
    let text = String(decoding: data, as: UTF8.self)
    // The name before it may hold anything, brackets too.
    guard let bracket = text.lastIndex(of: ")") else { return false }
    let state = text[bracket...].dropFirst(2).first
    return state != "Z" && state != "X"
  }
}
