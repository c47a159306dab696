import AppModel
import Glibc
import Platform

/// What the cgroups that this process is in hold it to; nil: nothing.
///
/// Every group up to the root counts. In a container the path that the kernel names may lie outside of what is mounted: then
/// the root of the mount is the container's own group.
struct CgroupLimits: Hashable, Sendable {
  var cores: Double?
  var memory: ByteCount?

  /// Above this, version 1 means "no limit".
  private static let memoryMax: Int64 = 1 << 60

  static func found(proc: String, mount: String) -> CgroupLimits {
    guard let text = try? SmallFile.read("\(proc)/self/cgroup") else { return CgroupLimits() }
    var limits = CgroupLimits()
    for group in groups(cgroup: text) {
      if group.controllers.isEmpty {
        for folder in folders("\(mount)", group.path) {
          limits.lower(cores: read("\(folder)/cpu.max").flatMap(cores(cpuMax:)))
          limits.lower(memory: read("\(folder)/memory.max").flatMap(memory(limit:)))
        }
      } else if group.controllers.contains("memory") {
        for folder in folders("\(mount)/memory", group.path) {
          limits.lower(memory: read("\(folder)/memory.limit_in_bytes").flatMap(memory(limit:)))
        }
      } else if group.controllers.contains("cpu") {
        for folder in folders("\(mount)/cpu", group.path) {
          let quota = read("\(folder)/cpu.cfs_quota_us") ?? ""
          let period = read("\(folder)/cpu.cfs_period_us") ?? ""
          limits.lower(cores: cores(cpuMax: "\(quota) \(period)"))
        }
      }
    }
    return limits
  }

  /// The lines of `/proc/self/cgroup`: `4:memory:/user/1`, or `0::/user/1` in version 2.
  static func groups(cgroup: String) -> [(controllers: [String], path: String)] {
    cgroup.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3, fields[2].hasPrefix("/") else { return nil }
      return (fields[1].split(separator: ",").map(String.init), String(fields[2]))
    }
  }

  /// `200000 100000` → 2 cores; `max 100000` and `-1 100000` → nil.
  static func cores(cpuMax: String) -> Double? {
    let fields = cpuMax.split(whereSeparator: \.isWhitespace)
    guard fields.count == 2, let quota = Int64(fields[0]), let period = Int64(fields[1]), quota > 0, period > 0 else {
      return nil
    }
    return Double(quota) / Double(period)
  }

  static func memory(limit: String) -> ByteCount? {
    guard let bytes = limit.split(whereSeparator: \.isWhitespace).first.flatMap({ Int64($0) }), bytes > 0, bytes < memoryMax
    else { return nil }
    return ByteCount(bytes)
  }

  /// From the group itself up to the root of the mount.
  private static func folders(_ root: String, _ path: String) -> [String] {
    let names = path.split(separator: "/")
    return (0...names.count).reversed().map { count in ([root] + names.prefix(count).map(String.init)).joined(separator: "/") }
  }

  private static func read(_ path: String) -> String? { try? SmallFile.read(path) }

  private mutating func lower(cores limit: Double?) {
    guard let limit else { return }
    cores = min(cores ?? limit, limit)
  }

  private mutating func lower(memory limit: ByteCount?) {
    guard let limit else { return }
    memory = min(memory ?? limit, limit)
  }
}
