import AppModel
import CPlatform
import Glibc
import Platform

/// What of this machine this process may use.
struct Capacity: Hashable, Sendable {
  var cores: Double
  var memory: ByteCount

  /// - Parameters:
  ///   - proc: where `/proc` is, and `mount`: where cgroups are mounted; elsewhere in tests.
  static func found(proc: String = "/proc", mount: String = "/sys/fs/cgroup") -> Capacity {
    let limits = CgroupLimits.found(proc: proc, mount: mount)
    let allowed = Double(max(1, platform_cpu_count()))
    let total = (try? SmallFile.read("\(proc)/meminfo")).flatMap(totalMemory(meminfo:)) ?? ByteCount(0)
    return Capacity(
      cores: min(allowed, limits.cores ?? allowed), memory: min(total, limits.memory ?? total))
  }

  /// `MemTotal:  32780 kB` → bytes.
  static func totalMemory(meminfo: String) -> ByteCount? {
    for line in meminfo.split(separator: "\n") where line.hasPrefix("MemTotal:") {
      let fields = line.split(separator: " ")
      guard fields.count == 3, let kilobytes = Int64(fields[1]), kilobytes >= 0, kilobytes < 1 << 50 else { return nil }
      return ByteCount(kilobytes * 1024)
    }
    return nil
  }
}
