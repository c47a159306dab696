import AppModel
import Testing

@testable import EngineCore

@Suite struct RunnerTargetTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var min = 0, max = 10, buffer = 0, percentage = 0, multiplexing = 1
    var requests: Int
    var runners: Int
  }

  @Test(arguments: [
    Case(testDescription: "nothing to do, no runner", requests: 0, runners: 0),
    Case(testDescription: "one request, one runner", requests: 1, runners: 1),
    Case(testDescription: "requests share a runner", multiplexing: 4, requests: 4, runners: 1),
    Case(testDescription: "one request too many for one runner", multiplexing: 4, requests: 5, runners: 2),
    Case(testDescription: "the minimum is always there", min: 3, requests: 0, runners: 3),
    Case(testDescription: "demand above the minimum counts", min: 3, requests: 5, runners: 5),
    Case(testDescription: "the maximum caps demand", max: 2, requests: 50, runners: 2),
    Case(testDescription: "the maximum caps the minimum", min: 5, max: 2, requests: 0, runners: 2),
    Case(testDescription: "fal's own example", buffer: 2, multiplexing: 4, requests: 0, runners: 2),
    Case(testDescription: "the buffer stands on demand", buffer: 2, requests: 3, runners: 5),
    Case(testDescription: "demand and buffer win over the minimum", min: 4, buffer: 2, requests: 3, runners: 5),
    Case(testDescription: "the minimum wins over demand and buffer", min: 7, buffer: 2, requests: 3, runners: 7),
    Case(testDescription: "the percentage is rounded up", percentage: 10, requests: 1, runners: 2),
    Case(testDescription: "the larger buffer counts", buffer: 1, percentage: 50, requests: 4, runners: 6),
    Case(testDescription: "the percentage is of runners", percentage: 50, multiplexing: 4, requests: 16, runners: 6),
    Case(testDescription: "a huge percentage", max: 9, percentage: .max, requests: 4, runners: 9),
    Case(testDescription: "huge everything", max: .max, buffer: .max, requests: .max, runners: .max),
    Case(testDescription: "nonsense counts as nothing", min: -1, max: -1, buffer: -5, multiplexing: 0, requests: -1, runners: 0),
  ])
  func theNumberOfRunnersFollowsFalsRules(_ example: Case) {
    var scaling = Scaling()
    scaling.minConcurrency = example.min
    scaling.maxConcurrency = example.max
    scaling.concurrencyBuffer = example.buffer
    scaling.concurrencyBufferPercentage = example.percentage
    scaling.maxMultiplexing = example.multiplexing
    #expect(RunnerTarget(scaling, requests: example.requests).count == example.runners)
  }
}
