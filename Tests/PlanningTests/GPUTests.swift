import AppModel
import Planning
import Testing

@Suite struct GPUTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var wanted: String
    /// Gigabytes, as the machine type says.
    var memory: Int64
    var card: String
    /// Megabytes, as the driver reports.
    var reported: Int64
    var matches: Bool

    init(_ name: String, _ wanted: String, _ memory: Int64, on card: String, _ reported: Int64, _ matches: Bool) {
      testDescription = name
      self.wanted = wanted
      self.memory = memory
      self.card = card
      self.reported = reported
      self.matches = matches
    }
  }

  @Test(arguments: [
    Case("an H100", "H100", 80, on: "NVIDIA H100 80GB HBM3", 81_559, true),
    Case("another H100", "H100", 80, on: "NVIDIA H100 PCIe", 81_559, true),
    Case("two words", "RTX 4090", 24, on: "NVIDIA GeForce RTX 4090", 24_564, true),
    Case("dashes", "rtx-4090", 24, on: "NVIDIA GeForce RTX 4090", 24_564, true),
    Case("an A100 with 40 GB", "A100", 40, on: "NVIDIA A100-SXM4-40GB", 40_960, true),
    Case("half the memory", "A100", 80, on: "NVIDIA A100-SXM4-40GB", 40_960, false),
    Case("twice the memory", "A100", 40, on: "NVIDIA A100-SXM4-80GB", 81_920, false),
    Case("an A6000", "A6000", 48, on: "NVIDIA RTX A6000", 49_140, true),
    Case("an H200", "H200", 141, on: "NVIDIA H200", 143_771, true),
    Case("a B200", "B200", 192, on: "NVIDIA B200", 183_359, true),
    Case("a longer number", "A100", 40, on: "NVIDIA A1000", 40_960, false),
    Case("another model", "H100", 80, on: "NVIDIA H200", 143_771, false),
    Case("one of two words", "RTX 4090", 24, on: "NVIDIA RTX 3090", 24_576, false),
  ])
  func aCardIsKnownByTheWordsOfItsNameAndByItsMemory(_ example: Case) {
    let machine = Machine(
      type: "GPU", cpu: 1, memory: .gigabytes(1), gpu: .init(model: example.wanted, memory: .gigabytes(example.memory)),
      gpuCount: 1)
    var pool = Pool()
    pool.see([
      PlacingTests.node("a", gpus: 1, model: example.card, gpuMemory: example.reported)
    ])
    switch pool.place(Wish(machines: [machine])) {
    case .placed(let placement): #expect(example.matches && placement.gpus == ["a-0"])
    case .notNow(let reason), .never(let reason):
      #expect(!example.matches)
      #expect(reason == "no node has a GPU for GPU")
    }
  }
}
