import EngineCore
import Queueing
import Testing

@Test(arguments: [(199, false), (200, true), (299, true), (300, false), (499, false), (500, false)])
func onlyTwoHundredsAreSuccesses(status: Int, isSuccess: Bool) {
  #expect(QueueOutcome(status: status, body: [], endedAt: Moment(nanoseconds: 0)).isSuccess == isSuccess)
}
