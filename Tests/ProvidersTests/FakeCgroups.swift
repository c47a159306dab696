import Foundation

@testable import Providers
import Platform

/// A tree of cgroup v2 in a temporary folder, with the files that a kernel would put into each group. Groups have to be there
/// before they are "made", since nobody fills them here.
struct FakeCgroups {
  let mount: String
  let proc: String

  init(in folder: TemporaryFolder, controllers: String = "cpuset cpu io memory pids", own: String = "/") throws {
    mount = "\(folder.path)/cgroup"
    proc = "\(folder.path)/proc"
    try FileManager.default.createDirectory(atPath: "\(proc)/self", withIntermediateDirectories: true)
    try "0::\(own)\n".write(toFile: "\(proc)/self/cgroup", atomically: true, encoding: .utf8)
    try addGroup("", controllers: controllers)
  }

  func addGroup(_ path: String, controllers: String = "cpuset cpu io memory pids", isClosed: Bool = false) throws {
    let folder = mount + path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let files = [
      "cgroup.controllers": controllers + "\n", "cgroup.procs": "", "memory.max": "max\n", "memory.swap.max": "max\n",
      "memory.oom.group": "0\n", "memory.events": "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\noom_group_kill 0\n",
      "cpu.max": "max 100000\n",
    ]
    for (name, text) in files { try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8) }
    // The kernel refuses to write to one that has processes of its own.
    if isClosed { return }
    try "".write(toFile: "\(folder)/cgroup.subtree_control", atomically: true, encoding: .utf8)
  }

  func addKill(_ path: String) throws { try "".write(toFile: "\(mount)\(path)/cgroup.kill", atomically: true, encoding: .utf8) }

  func groups() -> ControlGroups { ControlGroups(run: "server-1", mount: mount, proc: proc) }

  func read(_ path: String) throws -> String { try SmallFile.read(mount + path) }

  func write(_ text: String, to path: String) throws { try SmallFile.write(text, to: mount + path, create: true) }
}
