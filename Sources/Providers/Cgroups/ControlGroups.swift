import AppModel
import Glibc
import Platform

/// The cgroups of one host's runners: `<hierarchy>/apolune/<run>/<runner>`.
///
/// Version 2 is used where it has both controllers, else version 1 with what it has.
struct ControlGroups: Sendable {
  enum Resource: String, Sendable, CaseIterable {
    case memory, cpu
  }

  /// A mounted hierarchy in which this process may make groups.
  struct Hierarchy: Sendable, Hashable {
    var version: Int
    var root: String
    var resources: [Resource]
  }

  let run: String
  let hierarchies: [Hierarchy]
  /// Why a resource has no hierarchy.
  let obstacles: [Resource: String]

  /// Finds out what this process may use.
  ///
  /// - Parameters:
  ///   - mount: where cgroups are mounted, and `proc`: where `/proc` is; elsewhere in tests.
  init(run: String, mount: String = "/sys/fs/cgroup", proc: String = "/proc") {
    self.run = run
    var found: [Hierarchy] = []
    var obstacles: [Resource: String] = [:]
    if access("\(mount)/cgroup.controllers", F_OK) == 0 {
      for root in Self.delegated(below: mount, proc: proc) where found.isEmpty {
        guard let controllers = try? SmallFile.read("\(root)/cgroup.controllers") else { continue }
        let names = Set(controllers.split(whereSeparator: \.isWhitespace).map(String.init))
        let usable = Resource.allCases.filter { names.contains($0.rawValue) }
        for resource in Resource.allCases where !usable.contains(resource) && obstacles[resource] == nil {
          obstacles[resource] = "cgroup v2 has no \(resource.rawValue) controller here"
        }
        if !usable.isEmpty { Self.probe(Hierarchy(version: 2, root: root, resources: usable), run, &found, &obstacles) }
      }
    } else {
      for resource in Resource.allCases {
        let root = "\(mount)/\(resource.rawValue)"
        Self.probe(Hierarchy(version: 1, root: root, resources: [resource]), run, &found, &obstacles)
      }
    }
    hierarchies = found
    self.obstacles = obstacles
  }

  /// Groups of version 2 under which this process may have some, best first: the root; else what a service manager has
  /// delegated, which is the group of this process, or the one above when it was put into a leaf.
  private static func delegated(below mount: String, proc: String) -> [String] {
    guard let text = try? SmallFile.read("\(proc)/self/cgroup"),
      let own = CgroupLimits.groups(cgroup: text).first(where: \.controllers.isEmpty)?.path, own != "/"
    else { return [mount] }
    let parent = own.split(separator: "/").dropLast().joined(separator: "/")
    return [mount, "\(mount)\(own)"] + (parent.isEmpty ? [] : ["\(mount)/\(parent)"])
  }

  /// A hierarchy is usable when this run's folder can be made in it.
  private static func probe(
    _ hierarchy: Hierarchy, _ run: String, _ found: inout [Hierarchy], _ obstacles: inout [Resource: String]
  ) {
    do throws(SystemError) {
      try prepare(hierarchy, run)
      found.append(hierarchy)
    } catch {
      // The first reason is the one that matters: later attempts are for machines that delegate.
      for resource in hierarchy.resources where obstacles[resource] == nil { obstacles[resource] = "\(error)" }
    }
  }

  private static func prepare(_ hierarchy: Hierarchy, _ run: String) throws(SystemError) {
    let steps = [hierarchy.root, "\(hierarchy.root)/apolune", "\(hierarchy.root)/apolune/\(run)"]
    for (index, step) in steps.enumerated() {
      if index > 0 { try Folder.make(step, mode: 0o755) }
      guard hierarchy.version == 2 else { continue }
      let wanted = hierarchy.resources.map { "+\($0.rawValue)" }.joined(separator: " ")
      try SmallFile.write(wanted, to: "\(step)/cgroup.subtree_control")
    }
  }

  /// Makes the groups of one runner, with the limits of its machine.
  ///
  /// Another host that starts at this moment may remove this run's folder while it is empty: then it is made again.
  func make(_ runner: String, _ machine: Machine) throws(SystemError) -> RunnerGroups {
    do throws(SystemError) {
      return try makeOnce(runner, machine)
    } catch {
      guard error.number == ENOENT else { throw error }
      return try makeOnce(runner, machine)
    }
  }

  private func makeOnce(_ runner: String, _ machine: Machine) throws(SystemError) -> RunnerGroups {
    var groups = RunnerGroups()
    do throws(SystemError) {
      for hierarchy in hierarchies {
        try Self.prepare(hierarchy, run)
        let folder = "\(hierarchy.root)/apolune/\(run)/\(runner)"
        try Folder.make(folder, mode: 0o755)
        groups.folders.append(.init(hierarchy: hierarchy, path: folder))
        try groups.limit(to: machine, in: hierarchy, folder)
      }
      return groups
    } catch {
      _ = groups.remove()
      throw error
    }
  }

  /// The groups that a predecessor made for one runner; nil when it has none.
  func found(_ runner: String) -> RunnerGroups? {
    var groups = RunnerGroups()
    for hierarchy in hierarchies {
      let folder = "\(hierarchy.root)/apolune/\(run)/\(runner)"
      if access("\(folder)/cgroup.procs", F_OK) == 0 { groups.folders.append(.init(hierarchy: hierarchy, path: folder)) }
    }
    return groups.folders.isEmpty ? nil : groups
  }

  /// Groups of this run whose runners are gone.
  func all(except kept: Set<String>) -> [RunnerGroups] {
    let names = Set(hierarchies.flatMap { Folder.entries("\($0.root)/apolune/\(run)") })
    return names.subtracting(kept).sorted().compactMap { found($0) }
  }

  /// Removes the folders of this run, once those of its runners are gone.
  ///
  /// The kernel may still count a group that was removed a moment ago.
  func removeRun() {
    for hierarchy in hierarchies {
      for _ in 0..<Self.sweepRounds {
        if rmdir("\(hierarchy.root)/apolune/\(run)") == 0 || errno != EBUSY { break }
        usleep(Self.sweepPause)
      }
    }
  }

  /// Ends and removes what a run that is gone left.
  func sweep(_ run: String) {
    for hierarchy in hierarchies {
      let folder = "\(hierarchy.root)/apolune/\(run)"
      for runner in Folder.entries(folder) {
        var group = RunnerGroups()
        group.folders = [.init(hierarchy: hierarchy, path: "\(folder)/\(runner)")]
        guard access("\(folder)/\(runner)/cgroup.procs", F_OK) == 0 else { continue }
        for _ in 0..<Self.sweepRounds where !group.remove() { usleep(Self.sweepPause) }
      }
      rmdir(folder)
    }
  }

  /// Removes empty groups of runs whose host is gone and whose folder was lost.
  ///
  /// Kills nobody: a process in another pid namespace looks gone from here. What a living host loses so, it makes again.
  func removeAbandoned() {
    for hierarchy in hierarchies {
      for name in Folder.entries("\(hierarchy.root)/apolune") where name != run {
        // A server's, which is full while a runner of it lives, whether the server does or not.
        guard name.hasPrefix("run-") else {
          rmdir("\(hierarchy.root)/apolune/\(name)")
          continue
        }
        guard let pid = name.split(separator: "-").dropFirst().first.flatMap({ Int32($0) }), kill(pid, 0) != 0, errno == ESRCH
        else { continue }
        let folder = "\(hierarchy.root)/apolune/\(name)"
        for runner in Folder.entries(folder) { rmdir("\(folder)/\(runner)") }
        rmdir(folder)
      }
    }
  }

  /// Killed processes leave their group within milliseconds; what takes longer than a second is left to the next host.
  private static let sweepRounds = 100
  private static let sweepPause: useconds_t = 10_000
}
