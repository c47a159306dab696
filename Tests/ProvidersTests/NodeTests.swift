import AppModel
import Foundation
import Planning
import Testing

@testable import Providers

@Suite(.timeLimit(.minutes(1))) struct NodeTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [
    ("box-1", "box-1"), ("Box.Example.ORG", "box.example.org"), ("a b/c", "a-b-c"), ("", "local"), ("ü", "--"),
    (String(repeating: "x", count: 99), String(repeating: "x", count: 63)),
  ])
  func aHostNameBecomesANodesName(_ host: String, _ name: String) { #expect(LocalNode.sanitised(host) == name) }

  @Test func thisMachineHasCoresAndMemory() {
    let node = LocalNode(LocalNodeSettings()).look(gpus: [])
    #expect(node.cpu >= 1 && node.cpu.truncatingRemainder(dividingBy: 1) >= 0)
    #expect(node.memory > .megabytes(64))
    #expect(!node.id.text.isEmpty)
  }

  @Test func theOperatorHasTheLastWord() {
    var settings = LocalNodeSettings()
    settings.name = "gpu-box"
    settings.labels = ["zone": "cellar"]
    settings.cpu = 4
    settings.memory = .gigabytes(10)
    settings.cpuOvercommit = 2
    settings.memoryOvercommit = 1.5
    let gpu = Node.GPU(id: "0", model: "Odd One", memory: .gigabytes(3))
    #expect(
      LocalNode(settings).look(gpus: [gpu])
        == Node(id: NodeID("gpu-box"), labels: ["zone": "cellar"], cpu: 8, memory: .gigabytes(15), gpus: [gpu]))
  }

  @Test(
    arguments: [
      ("MemTotal:       32780 kB\nMemFree: 1 kB", 32780 * 1024), ("MemFree: 1 kB\nMemTotal: 7 kB\n", 7 * 1024),
    ] as [(String, Int64)])
  func theMachinesMemoryIsRead(_ text: String, _ bytes: Int64) {
    #expect(Capacity.totalMemory(meminfo: text) == ByteCount(bytes))
  }

  @Test(arguments: ["", "MemTotal:", "MemTotal: x kB", "MemTotal: -1 kB", "MemTotal: 99999999999999999999 kB", "\0"])
  func rubbishIsNoMemory(_ text: String) { #expect(Capacity.totalMemory(meminfo: text) == nil) }

  @Test(
    arguments: [
      ("max 100000\n", nil), ("200000 100000", 2.0), ("50000 100000\n", 0.5), ("-1 100000", nil), ("", nil), ("5", nil),
      ("5 0", nil), ("x y", nil),
    ] as [(String, Double?)])
  func aCPUQuotaIsRead(_ text: String, _ cores: Double?) { #expect(CgroupLimits.cores(cpuMax: text) == cores) }

  @Test(
    arguments: [
      ("max\n", nil), ("1048576\n", 1_048_576), ("9223372036854771712\n", nil), ("", nil), ("0", nil),
    ] as [(String, Int64?)])
  func aMemoryLimitIsRead(_ text: String, _ bytes: Int64?) {
    #expect(CgroupLimits.memory(limit: text) == bytes.map { ByteCount($0) })
  }

  private func write(_ text: String, _ path: String) throws {
    let file = "\(folder.path)/\(path)"
    let parent = (file as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
    try text.write(toFile: file, atomically: true, encoding: .utf8)
  }

  private func limits() -> CgroupLimits {
    CgroupLimits.found(proc: "\(folder.path)/proc", mount: "\(folder.path)/cgroup")
  }

  @Test func theLowestLimitOfAllGroupsAboveHolds() throws {
    try write("0::/user/app\n", "proc/self/cgroup")
    try write("max 100000", "cgroup/user/app/cpu.max")
    try write("300000 100000", "cgroup/user/cpu.max")
    try write("2000000", "cgroup/user/app/memory.max")
    try write("1000000", "cgroup/user/memory.max")
    #expect(limits() == CgroupLimits(cores: 3, memory: ByteCount(1_000_000)))
  }

  @Test func inAContainerTheRootOfTheMountIsItsOwnGroup() throws {
    try write("2:memory:/docker/1234\n3:cpu,cpuacct:/docker/1234\n4:name=systemd:/x\n", "proc/self/cgroup")
    try write("5000000", "cgroup/memory/memory.limit_in_bytes")
    try write("150000", "cgroup/cpu/cpu.cfs_quota_us")
    try write("100000", "cgroup/cpu/cpu.cfs_period_us")
    #expect(limits() == CgroupLimits(cores: 1.5, memory: ByteCount(5_000_000)))
  }

  @Test func withoutCgroupsNothingIsLimited() { #expect(limits() == CgroupLimits()) }
}
