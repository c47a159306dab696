import AppModel
import Testing

@Suite struct MachineTypeTests {
  @Test func builtInTypesAreExactlyTheTableOfTheDesign() {
    let lines = MachineType.builtIn.map { type in
      let gpu = type.gpu.map { "\($0.model) \($0.memory)" } ?? "-"
      return "\(type.name) \(type.cpu) \(type.memory) \(gpu)"
    }
    #expect(
      lines == [
        "XS 0.5 512 MB -", "S 1.0 1 GB -", "M 2.0 2 GB -", "L 4.0 15 GB -",
        "GPU-A6000 10.0 18 GB A6000 48 GB", "GPU-A100 12.0 60 GB A100 40 GB", "GPU-H100 12.0 112 GB H100 80 GB",
        "GPU-H200 12.0 112 GB H200 141 GB", "GPU-B200 24.0 112 GB B200 192 GB",
      ])
  }

  @Test func gpusTakeCPUAndMemoryAlongInProportion() throws {
    let h100 = try #require(MachineType.builtIn.first { $0.name == "GPU-H100" })
    let machine = Machine(h100, gpuCount: 4)
    #expect(machine.cpu == 48)
    #expect(machine.memory == .gigabytes(448))
    #expect(machine.gpuCount == 4)
  }

  @Test func aCPUTypeHasNoGPUs() {
    #expect(Machine(MachineType.builtIn[1], gpuCount: 8).gpuCount == 0)
  }
}
