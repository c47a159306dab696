public import AppModel

extension LocalProvider {
  public func enforcement(for machine: Machine) -> Enforcement {
    let cores = machine.cpu == 1 ? "1 core" : "\(machine.cpu.shortText) cores"
    var lines = [
      line("CPU", cores, by: .cpu)
        ?? .init(
          resource: "CPU", amount: cores, isEnforced: false, explanation: obstacle(to: .cpu)),
      line("memory", machine.memory.description, by: .memory) ?? memoryWithoutGroups(machine),
    ]
    if machine.gpu != nil { lines.append(gpuLine(machine)) }
    return Enforcement(lines: lines)
  }

  private func line(_ name: String, _ amount: String, by resource: ControlGroups.Resource) -> Enforcement.Line? {
    groups.hierarchies.first { $0.resources.contains(resource) }.map { hierarchy in
      .init(resource: name, amount: amount, isEnforced: true, explanation: "cgroup v\(hierarchy.version)")
    }
  }

  private func obstacle(to resource: ControlGroups.Resource) -> String { groups.obstacles[resource] ?? "no cgroups here" }

  private func memoryWithoutGroups(_ machine: Machine) -> Enforcement.Line {
    let obstacle = obstacle(to: .memory)
    let isLimited = RunnerProgram.dataMax(of: machine) != nil
    let explanation = isLimited ? "RLIMIT_DATA, for each of its processes by itself; \(obstacle)" : obstacle
    return .init(
      resource: "memory", amount: machine.memory.description, isEnforced: isLimited, explanation: explanation)
  }

  private func gpuLine(_ machine: Machine) -> Enforcement.Line {
    let found = gpus.outcome
    let way = "held alone, named in CUDA_VISIBLE_DEVICES, which a program can ignore; \(found.explanation)"
    return .init(
      resource: "GPU", amount: "\(machine.gpuCount) × \(machine.gpu?.model ?? "")", isEnforced: !found.gpus.isEmpty,
      explanation: found.gpus.isEmpty ? found.explanation : way)
  }
}

extension Double {
  /// Without a needless `.0`.
  fileprivate var shortText: String {
    self == rounded() && magnitude < 1e15 ? "\(Int64(self))" : "\(self)"
  }
}
