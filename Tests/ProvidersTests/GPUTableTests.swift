import AppModel
import Planning
import Testing

@testable import Providers

@Suite struct GPUTableTests {
  @Test func everyLineIsAGPU() {
    let table = GPUTable(
      csv: """
        0, GPU-11111111-2222-3333-4444-555555555555, NVIDIA A100-SXM4-40GB, 40960
        1, GPU-aaaaaaaa-2222-3333-4444-555555555555, NVIDIA H100 80GB HBM3, 81559

        """)
    #expect(
      table.gpus == [
        .init(
          id: "GPU-11111111-2222-3333-4444-555555555555", model: "NVIDIA A100-SXM4-40GB", memory: .megabytes(40960)),
        .init(
          id: "GPU-aaaaaaaa-2222-3333-4444-555555555555", model: "NVIDIA H100 80GB HBM3", memory: .megabytes(81559)),
      ])
  }

  @Test(arguments: [
    "", "\n\n", ",,,", "0", "No devices were found", "NVIDIA-SMI has failed because it couldn't communicate with the driver.",
    "0, GPU-1, A100", "0, GPU-1, A100, 1, 2", "x, GPU-1, A100, 40960", "0, GPU-1, A100, [N/A]", "0, GPU-1, A100, -5",
    "0, GPU-1, A100, 0", "0, GPU-1, A100, 99999999999999999999", "0, GPU-1, , 40960", "0, , A100, 40960",
    "0, 1, A100, 40960", "0, GPU-, A100, 40960", "0, GPU-1;rm, A100, 40960", "0, GPU-ä, A100, 40960", "\0\u{1}\u{FFFD}, , ,",
  ])
  func rubbishIsNoGPU(_ text: String) { #expect(GPUTable(csv: text).gpus == []) }

  @Test func aLineThatIsTooLongAndOneThatComesTwiceAreLeftOut() {
    let long = "0, GPU-9, \(String(repeating: "x", count: 600)), 40960"
    let table = GPUTable(csv: "\(long)\n0, GPU-1, A100, 40960\r\n1, GPU-1, A100, 40960")
    #expect(table.gpus.map(\.id) == ["GPU-1"])
  }

  @Test func noMoreGPUsAreTakenThanAMachineHolds() {
    let lines = (0..<10_000).map { "\($0), GPU-\($0), A100, 40960" }
    #expect(GPUTable(csv: lines.joined(separator: "\n")).gpus.count == GPUSearch.countMax)
  }
}
