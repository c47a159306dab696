import ControlAPI
import Foundation
import Testing

@testable import Host

/// Prints how long a deploy takes from the request to an app that answers; on a busy machine that is no test.
@Suite(.serialized) struct DeployTimeTests {
  @Test(.enabled(if: ProcessInfo.processInfo.environment["APOLUNE_MEASURE"] != nil), arguments: ["rolling", "recreate"])
  func fromRequestToAnswer(strategy: String) async throws {
    let stage = try await ServerStage()
    var totals: [Double] = []
    var marks: [DeployEvent.Kind: [Double]] = [:]
    for round in 0..<30 {
      let begin = ContinuousClock.now
      let answer = try await stage.deploy(ServerStage.script("w\(round)", options: "strategy = \"\(strategy)\""))
      #expect(answer.events.last?.kind == .finished)
      #expect(try await stage.call().status == 200)
      totals.append((ContinuousClock.now - begin).inSeconds * 1000)
      for event in answer.events { marks[event.kind, default: []].append(event.seconds * 1000) }
    }
    func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
    let parts = marks.map { ($0.key.rawValue, median($0.value)) }.sorted { $0.1 < $1.1 }
    print("\(strategy): p50 \(median(totals)) ms with uploads and a call;", parts.map { "\($0.0) at \($0.1)" })
    await stage.server.stop(endingRunners: true)
  }
}
