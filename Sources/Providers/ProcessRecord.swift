import CPlatform
import Glibc
import Platform

/// Names a process for good: a pid alone is used again.
///
/// Written beside each runner, so that a later host can end what a killed one left, and nothing else.
struct ProcessRecord: Hashable {
  var pid: Int32
  /// When the process started, in clock ticks since boot.
  var startTime: UInt64
  var bootID: String

  /// The process that has `pid` now; nil when there is none.
  ///
  /// - Parameter bootID: this boot's, for whoever asks often.
  init?(pid: Int32, bootID: String? = currentBootID) {
    guard let stat = try? SmallFile.read("/proc/\(pid)/stat"), let startTime = Self.startTime(stat: stat), let bootID
    else { return nil }
    self.pid = pid
    self.startTime = startTime
    self.bootID = bootID
  }

  /// From what `text` wrote.
  init?(text: String) {
    let fields = text.split(whereSeparator: \.isWhitespace)
    guard fields.count == 3, let pid = Int32(fields[0]), pid > 1, let startTime = UInt64(fields[1]) else { return nil }
    self.pid = pid
    self.startTime = startTime
    bootID = String(fields[2])
  }

  var text: String { "\(pid) \(startTime) \(bootID)\n" }

  /// Whether it still runs; one that nobody has collected yet does not.
  ///
  /// - Parameter bootID: this boot's, for whoever asks often.
  func isAlive(bootID: String?) -> Bool {
    guard bootID == self.bootID, let stat = try? SmallFile.read("/proc/\(pid)/stat") else { return false }
    return Self.startTime(stat: stat) == startTime && !Self.hasEnded(stat: stat)
  }

  /// Kills the process and its group, if it is still the same process.
  ///
  /// It is held by a descriptor and stopped before its group is killed, so that its pid cannot change hands in between.
  func killGroup() {
    let pidfd = platform_pidfd_open(pid)
    guard pidfd >= 0 else { return }
    defer { close(pidfd) }
    guard ProcessRecord(pid: pid) == self, getpgid(pid) == pid, platform_pidfd_signal(pidfd, SIGSTOP) == 0 else { return }
    kill(-pid, SIGKILL)
  }

  /// The 22nd field. The second is the name, in parentheses, and may hold anything.
  static func startTime(stat: String) -> UInt64? {
    guard let end = stat.lastIndex(of: ")") else { return nil }
    let fields = stat[stat.index(after: end)...].split(separator: " ")
    return fields.count > 19 ? UInt64(fields[19]) : nil
  }

  /// The third field: `Z` and `X` are left of processes that have ended.
  static func hasEnded(stat: String) -> Bool {
    guard let end = stat.lastIndex(of: ")") else { return true }
    let state = stat[stat.index(after: end)...].drop { $0 == " " }.first
    return state == nil || state == "Z" || state == "X"
  }

  static var currentBootID: String? {
    (try? SmallFile.read("/proc/sys/kernel/random/boot_id"))?.split(whereSeparator: \.isWhitespace).first.map(String.init)
  }
}
