import AppModel
import ControlAPI
import EngineCore
import Planning

extension NodeInfo {
  /// A machine and who holds what of it.
  init(_ node: Node, isPresent: Bool, holders: [(app: AppID, runner: RunnerID, placement: Placement)]) {
    self.init(id: node.id.text, isPresent: isPresent, cpu: node.cpu, memoryBytes: node.memory.bytes)
    labels = node.labels
    var gpuHolders: [String: String] = [:]
    for holder in holders {
      let machine = holder.placement.machine
      cpuHeld += machine.cpu
      memoryHeldBytes += machine.memory.bytes
      for gpu in holder.placement.gpus { gpuHolders[gpu] = holder.runner.text }
      runners.append(
        Holder(
          runner: holder.runner.text, app: "\(holder.app)", machineType: machine.type, cpu: machine.cpu,
          memoryBytes: machine.memory.bytes, gpus: holder.placement.gpus))
    }
    gpus = node.gpus.map { GPU(id: $0.id, model: $0.model, memoryBytes: $0.memory.bytes, runner: gpuHolders[$0.id]) }
  }
}
