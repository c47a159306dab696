import AppModel
import Queueing
import Testing

struct RetryingTests {
  private static func policy(_ retries: [String: Int]) -> RetryPolicy {
    var policy = RetryPolicy()
    policy.retries = retries
    return policy
  }

  @Test(
    "What is tried again by default",
    arguments: [
      (AttemptEnd(status: 200), false), (AttemptEnd(status: 422), false), (AttemptEnd(status: 500), false),
      (AttemptEnd(status: 502), false), (AttemptEnd(status: 503), true), (AttemptEnd(status: 504), true),
      (AttemptEnd(status: 429), false), (AttemptEnd(status: 502, errorType: "runner_incomplete_response"), true),
      (AttemptEnd(status: 503, errorType: "runner_disconnected"), true),
      (AttemptEnd(status: 500, needsRetry: true), true), (AttemptEnd(status: 429, needsRetry: true), true),
      (AttemptEnd(status: 503, needsRetry: false), false), (AttemptEnd(status: 422, needsRetry: true), false),
    ])
  func conditions(end: AttemptEnd, isTriedAgain: Bool) {
    #expect(Retrying.isTriedAgain(end, attempts: 1, caller: nil, app: RetryPolicy()) == isTriedAgain)
    #expect(!Retrying.isTriedAgain(end, attempts: Retrying.attemptsMax, caller: nil, app: RetryPolicy()))
  }

  @Test func theAnswerCountsBeforeTheCallerAndTheCallerBeforeTheApp() {
    let never = Self.policy(["server_error": 0])
    let twice = Self.policy(["server_error": 2])
    let end = AttemptEnd(status: 503)
    #expect(!Retrying.isTriedAgain(end, attempts: 1, caller: nil, app: never))
    #expect(Retrying.isTriedAgain(end, attempts: 2, caller: twice, app: never))
    #expect(!Retrying.isTriedAgain(end, attempts: 3, caller: twice, app: RetryPolicy()))
    #expect(Retrying.isTriedAgain(AttemptEnd(status: 503, needsRetry: true), attempts: 3, caller: never, app: never))
  }

  @Test func delaysGrowWithinTheirBoundsAndAreTheSameForTheSameAttempt() {
    for attempt in 1...12 {
      let delay = Retrying.delay(id: "a", attempts: attempt)
      let step = min(0.5 * Double(1 << (attempt - 1)), 60)
      #expect(
        delay >= .milliseconds(Int64(min(step * 0.5, 30) * 1000)) && delay <= .milliseconds(Int64(min(step * 1.5, 30) * 1000)))
      #expect(delay == Retrying.delay(id: "a", attempts: attempt))
    }
    #expect(Set((0..<20).map { Retrying.delay(id: "r\($0)", attempts: 1) }).count > 10)
  }
}
