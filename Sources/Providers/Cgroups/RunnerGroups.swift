import AppModel
import CPlatform
import Glibc
import Platform

/// The cgroups of one runner.
struct RunnerGroups: Sendable {
  struct Place: Sendable {
    var hierarchy: ControlGroups.Hierarchy
    var path: String
  }

  var folders: [Place] = []

  /// Whether its memory is bounded as a whole.
  var limitsMemory: Bool { folders.contains { $0.hierarchy.resources.contains(.memory) } }

  /// The period, in microseconds, in which the CPU quota is counted: the kernel's own default.
  private static let period = 100_000

  func limit(to machine: Machine, in hierarchy: ControlGroups.Hierarchy, _ folder: String) throws(SystemError) {
    let quota = max(1_000, Int(machine.cpu * Double(Self.period)))
    for resource in hierarchy.resources {
      switch (hierarchy.version, resource) {
      case (2, .memory):
        try SmallFile.write("\(machine.memory.bytes)", to: "\(folder)/memory.max")
        // Absent without swap accounting: then there is nothing to forbid.
        try? SmallFile.write("0", to: "\(folder)/memory.swap.max")
        // A runner that lost one of its processes is of no use. Older kernels end only that one.
        try? SmallFile.write("1", to: "\(folder)/memory.oom.group")
      case (2, .cpu):
        try SmallFile.write("\(quota) \(Self.period)", to: "\(folder)/cpu.max")
      case (_, .memory):
        try SmallFile.write("\(machine.memory.bytes)", to: "\(folder)/memory.limit_in_bytes")
        // Absent without swap accounting, as above.
        try? SmallFile.write("\(machine.memory.bytes)", to: "\(folder)/memory.memsw.limit_in_bytes")
      case (_, .cpu):
        try SmallFile.write("\(Self.period)", to: "\(folder)/cpu.cfs_period_us")
        try SmallFile.write("\(quota)", to: "\(folder)/cpu.cfs_quota_us")
      }
    }
  }

  /// Opens the files through which a process joins the groups. The caller closes them.
  ///
  /// In version 1 that is `tasks`: a thread that moves itself needs no lock on all forks of the machine, which would cost
  /// the first of a while more than 10 ms.
  func openForJoining() throws(SystemError) -> [Int32] {
    var files: [Int32] = []
    for place in folders {
      let path = place.path + (place.hierarchy.version == 1 ? "/tasks" : "/cgroup.procs")
      let fd = open(path, O_WRONLY | O_CLOEXEC)
      guard fd >= 0 else {
        let error = SystemError("cannot open \(path)")
        for file in files { close(file) }
        throw error
      }
      files.append(fd)
    }
    return files
  }

  /// Whether the system has ended a process of the runner for want of memory.
  var ranOutOfMemory: Bool {
    folders.contains { place in
      guard place.hierarchy.resources.contains(.memory) else { return false }
      let file = place.hierarchy.version == 2 ? "memory.events" : "memory.oom_control"
      guard let text = try? SmallFile.read("\(place.path)/\(file)") else { return false }
      return text.split(separator: "\n").contains { $0.hasPrefix("oom_kill ") && !$0.hasSuffix(" 0") }
    }
  }

  /// Kills what is left in the groups and removes them; false while the killed are still on their way out.
  func remove() -> Bool {
    var isGone = true
    for place in folders {
      if rmdir(place.path) == 0 || errno == ENOENT { continue }
      isGone = false
      // All at once, where the kernel can.
      if (try? SmallFile.write("1", to: "\(place.path)/cgroup.kill")) == nil { Self.killMembers(of: place.path) }
    }
    return isGone
  }

  /// Only what this host put into the group, and its children, is in there. Each is held by a descriptor before it is
  /// looked up again, so that a pid that changed hands in between is not hit.
  private static func killMembers(of path: String) {
    let held = members(of: path).compactMap { pid in
      let pidfd = platform_pidfd_open(pid)
      return pidfd >= 0 ? (pid: pid, pidfd: pidfd) : nil
    }
    let still = Set(members(of: path))
    for (pid, pidfd) in held {
      if still.contains(pid) { platform_pidfd_signal(pidfd, SIGKILL) }
      close(pidfd)
    }
  }

  private static func members(of path: String) -> [Int32] {
    guard let text = try? SmallFile.read("\(path)/cgroup.procs") else { return [] }
    return text.split(separator: "\n").compactMap { Int32($0) }.filter { $0 > 1 }
  }
}
