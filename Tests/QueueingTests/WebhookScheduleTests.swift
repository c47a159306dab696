import EngineCore
import Testing

@testable import Queueing

struct WebhookScheduleTests {
  private func wait(_ attempts: Int, _ id: String = "a") -> Duration? {
    let now = Moment(nanoseconds: 5_000_000_000)
    return WebhookSchedule.next(after: attempts, id: id, failedAt: now).map { $0 - now }
  }

  @Test(
    "The wait doubles with each attempt, give or take a tenth",
    arguments: [(1, 14), (2, 28), (3, 56), (4, 112), (5, 224), (6, 448), (7, 896), (8, 1792), (9, 3584)])
  func waits(attempts: Int, seconds: Int) throws {
    for id in ["a", "b", "c", "0f8fad5b-d9cb-469f-a165-70867728950e"] {
      let delay = try #require(wait(attempts, id))
      #expect(delay >= .milliseconds(seconds * 900) && delay <= .milliseconds(seconds * 1100))
    }
  }

  @Test func theTenthAttemptIsTheLast() {
    #expect(wait(9) != nil)
    for attempts in [10, 11, 1000] { #expect(wait(attempts) == nil) }
  }

  @Test func allAttemptsTakeTwoHours() {
    let total = (1...9).compactMap { wait($0) }.reduce(.zero, +)
    #expect(total > .seconds(6400) && total < .seconds(7900))
  }

  @Test func theSameOfTheSameAndAnotherOfAnother() {
    #expect(wait(3, "a") == wait(3, "a"))
    #expect(Set((0..<50).map { wait(3, "\($0)") }).count > 40)
  }
}
