import AppModel

/// What a runner's machine type allows it, and what that type is called.
struct MemoryLimit: Hashable, Sendable {
  var machine: String
  var memory: ByteCount

  init(machine: String, memory: ByteCount) {
    self.machine = machine
    self.memory = memory
  }

  init(_ machine: Machine) { self.init(machine: machine.type, memory: machine.memory) }

  /// How a runner ended that used up more.
  var end: RunnerEnd { .outOfMemory(machine: machine, limit: memory) }
}
