import AppModel
import CPlatform
import Glibc
import Testing

@testable import Providers

/// Version 2 of cgroups, against a tree of files.
@Suite(.timeLimit(.minutes(1))) struct CgroupVersion2Tests {
  let folder: TemporaryFolder
  let machine = Machine(type: "XS", cpu: 0.5, memory: .megabytes(512))

  init() throws { folder = try TemporaryFolder() }

  /// A tree in which this run and one runner have their groups.
  private func tree() throws -> FakeCgroups {
    let tree = try FakeCgroups(in: folder)
    for path in ["/apolune", "/apolune/server-1", "/apolune/server-1/r1"] { try tree.addGroup(path) }
    return tree
  }

  @Test func aRunnerGetsTheLimitsOfItsMachine() throws {
    let tree = try tree()
    let groups = tree.groups()
    #expect(groups.hierarchies == [.init(version: 2, root: tree.mount, resources: [.memory, .cpu])])
    #expect(groups.obstacles == [:])
    let made = try groups.make("r1", machine)
    #expect(made.limitsMemory)
    #expect(try tree.read("/apolune/server-1/r1/memory.max").hasPrefix("536870912"))
    #expect(try tree.read("/apolune/server-1/r1/memory.swap.max").hasPrefix("0"))
    #expect(try tree.read("/apolune/server-1/r1/memory.oom.group").hasPrefix("1"))
    #expect(try tree.read("/apolune/server-1/r1/cpu.max").hasPrefix("50000 100000"))
    for path in ["", "/apolune", "/apolune/server-1"] {
      #expect(try tree.read("\(path)/cgroup.subtree_control") == "+memory +cpu", "children of \(path) have the controllers")
    }
    let files = try made.openForJoining()
    #expect(files.count == 1)
    for file in files { close(file) }
  }

  @Test(arguments: [("oom_kill 0", false), ("oom_kill 1", true), ("oom_kill 12", true), ("", false)])
  func anEndForWantOfMemoryIsReadFromTheEvents(_ line: String, _ ranOut: Bool) throws {
    let tree = try tree()
    let made = try tree.groups().make("r1", machine)
    try tree.write("low 0\nmax 3\noom 1\n\(line)\noom_group_kill 0\n", to: "/apolune/server-1/r1/memory.events")
    #expect(made.ranOutOfMemory == ranOut)
  }

  @Test func whatIsLeftInAGroupIsKilledAtOnceWhereTheKernelCan() throws {
    let tree = try tree()
    try tree.addKill("/apolune/server-1/r1")
    let made = try tree.groups().make("r1", machine)
    #expect(!made.remove(), "the group still has files here, as one with processes has")
    #expect(try tree.read("/apolune/server-1/r1/cgroup.kill") == "1")
  }

  @Test func olderKernelsKillOneMemberAfterTheOther() throws {
    let tree = try tree()
    let null = open("/dev/null", O_RDWR)
    defer { close(null) }
    let process = try RunnerProgram(path: "/bin/sleep", arguments: ["1000"])
      .spawn(.init(folder: "/", listener: null, output: null))
    try tree.write("\(process.pid)\n", to: "/apolune/server-1/r1/cgroup.procs")
    _ = try tree.groups().make("r1", machine).remove()
    var status: Int32 = 0
    var signal: Int32 = 0
    platform_reap(process.pidfd, &status, &signal)
    close(process.pidfd)
    #expect(signal == SIGKILL)
  }

  @Test func aControllerThatIsMissingIsTold() throws {
    let tree = try FakeCgroups(in: folder, controllers: "memory pids")
    for path in ["/apolune", "/apolune/server-1"] { try tree.addGroup(path) }
    let groups = tree.groups()
    #expect(groups.hierarchies.map(\.resources) == [[.memory]])
    #expect(groups.obstacles == [.cpu: "cgroup v2 has no cpu controller here"])
  }

  @Test(arguments: ["/user/app.service", "/user/app.service/host"])
  func whereTheRootIsClosedADelegatedGroupIsUsed(_ own: String) throws {
    let tree = try FakeCgroups(in: folder, own: own)
    unlink("\(tree.mount)/cgroup.subtree_control")
    for path in ["/user/app.service", "/user/app.service/apolune", "/user/app.service/apolune/server-1"] {
      try tree.addGroup(path)
    }
    try tree.addGroup("/user/app.service/host", isClosed: true)
    #expect(tree.groups().hierarchies.map(\.root) == ["\(tree.mount)/user/app.service"])
  }

  @Test func whereNothingIsDelegatedTheReasonIsTold() throws {
    let tree = try FakeCgroups(in: folder, own: "/user/session")
    unlink("\(tree.mount)/cgroup.subtree_control")
    try tree.addGroup("/user/session", isClosed: true)
    let groups = tree.groups()
    #expect(groups.hierarchies == [])
    #expect(groups.obstacles[.memory]?.contains("\(tree.mount)/cgroup.subtree_control") == true)
  }

  @Test func groupsThatAKilledServerLeftAreFoundExceptThoseOfLivingRunners() throws {
    let tree = try tree()
    try tree.addGroup("/apolune/server-1/r2#3")
    let groups = tree.groups()
    let left = groups.all(except: ["r1"])
    #expect(left.map { $0.folders.map(\.path) } == [["\(tree.mount)/apolune/server-1/r2#3"]])
    #expect(groups.found("r1")?.folders.count == 1)
    #expect(groups.found("r9") == nil)
  }
}
