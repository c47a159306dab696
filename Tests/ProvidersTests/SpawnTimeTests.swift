import AppModel
import Testing

@testable import Providers

@Suite(.timeLimit(.minutes(1)), .serialized) struct SpawnTimeTests {
  /// The address space is not copied, so that a large host starts runners as fast as a small one.
  @Test func aLargeHostStartsRunnersFast() async throws {
    let ballast = [UInt8](repeating: 1, count: 512 << 20)
    let folder = try TemporaryFolder()
    let log = ProviderLog()
    let provider = try LocalProvider(
      executable: "/bin/sleep", arguments: ["1000"], keeping: .nothing(base: "\(folder.path)/base"))
    provider.begin(events: log.handler)
    var times: [Duration] = []
    for number in 0..<40 {
      let instance = RunnerInstance(id: "r\(number)", generation: 1)
      let began = ContinuousClock.now
      provider.start(RunnerStart(instance, on: TemporaryFolder.node, machine: Machine(type: "S", cpu: 1, memory: .gigabytes(1))))
      _ = try await log.started(instance)
      times.append(ContinuousClock.now - began)
    }
    times.sort()
    print(
      "start to 'started': fastest \(times[0]), median \(times[20]), slowest \(times[39]), with \(ballast.count >> 20) MB in the host"
    )
    // The fastest, since other tests take the cores meanwhile. Far above what it takes (well below a millisecond), below
    // what copying the page tables of such a host would cost.
    #expect(times[0] < .milliseconds(4))
    await provider.close()
  }
}
