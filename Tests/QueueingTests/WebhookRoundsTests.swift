import Testing

@testable import Queueing

struct WebhookRoundsTests {
  private func due(_ target: String, _ count: Int) -> [(id: String, target: String)] {
    (0..<count).map { ("\(target)-\($0)", target) }
  }

  /// With an answer that knows all that has ended.
  private func begin(_ rounds: inout WebhookRounds, _ due: [(id: String, target: String)]) -> [String] {
    rounds.asked()
    return rounds.begin(due)
  }

  @Test func whatEndedWhileTheOutboxWasAskedIsNotSentAgain() {
    var rounds = WebhookRounds()
    _ = begin(&rounds, due("a", 1))
    rounds.asked()
    rounds.ended("a-0", isTaken: true)
    #expect(rounds.begin(due("a", 2)) == ["a-1"], "the answer is of before")
    #expect(begin(&rounds, due("a", 1)) == ["a-0"])
  }

  @Test func oneServerIsSentSoManyAtOnceAndTheOthersGoOn() {
    var rounds = WebhookRounds()
    #expect(begin(&rounds, due("a", 6) + due("b", 1)) == ["a-0", "a-1", "a-2", "a-3", "b-0"])
    #expect(rounds.closed == ["a"])
    #expect(begin(&rounds, due("a", 6)) == [])
    rounds.ended("a-1", isTaken: true)
    #expect(rounds.closed == [])
    #expect(begin(&rounds, due("a", 6)) == ["a-1"], "what is under way is not begun again")
  }

  @Test func noMoreThanSoManyAreSentAtOnce() {
    var rounds = WebhookRounds()
    let all = (0..<100).flatMap { due("t\($0)", 1) }
    #expect(begin(&rounds, all).count == WebhookRounds.sentAtOnceMax)
    rounds.ended("t0-0", isTaken: true)
    #expect(begin(&rounds, all.reversed()) == ["t99-0"])
    #expect(rounds.count == WebhookRounds.sentAtOnceMax)
  }

  @Test func aServerThatFailedIsAskedWithOneUntilItTakesIt() {
    var rounds = WebhookRounds()
    _ = begin(&rounds, due("a", 2))
    rounds.ended("a-0", isTaken: false)
    #expect(rounds.closed == ["a"], "one is under way still")
    rounds.ended("a-1", isTaken: false)
    #expect(begin(&rounds, due("a", 6)) == ["a-0"])
    rounds.ended("a-0", isTaken: false)
    #expect(begin(&rounds, due("a", 6)) == ["a-0"])
    rounds.ended("a-0", isTaken: true)
    #expect(begin(&rounds, due("a", 6)).count == WebhookRounds.sentToOneMax)
  }

  @Test func oneOfWhichNobodyKnowsChangesNothing() {
    var rounds = WebhookRounds()
    _ = begin(&rounds, due("a", 1))
    rounds.ended("a-0", isTaken: nil)
    #expect(begin(&rounds, due("a", 6)).count == WebhookRounds.sentToOneMax)
    rounds.ended("nobody's", isTaken: false)
    #expect(rounds.count == WebhookRounds.sentToOneMax)
  }

  @Test func serversThatFailedNeverTakeThePlacesOfTheOthers() {
    var rounds = WebhookRounds()
    let dead = (0..<500).map { "dead\($0)" }
    for target in dead {
      _ = begin(&rounds, due(target, 1))
      rounds.ended("\(target)-0", isTaken: false)
    }
    #expect(begin(&rounds, dead.flatMap { due($0, 3) }).count == WebhookRounds.troubledMax)
    #expect(rounds.closed == Set(dead), "until one of them ends")
    let live = (0..<40).flatMap { due("live\($0)", 1) }
    #expect(begin(&rounds, live).count == WebhookRounds.sentAtOnceMax - WebhookRounds.troubledMax)
    rounds.ended("dead0-0", isTaken: false)
    #expect(rounds.closed.count < dead.count)
    #expect(begin(&rounds, due("dead400", 1)) == ["dead400-0"])
  }

  @Test func aServerThatFailsWhileOthersAreUnderWayCountsWithThem() {
    var rounds = WebhookRounds()
    let targets = (0..<11).map { "t\($0)" }
    for target in targets { _ = begin(&rounds, due(target, 4)) }
    // 8 servers with 4 each are troubled now, with 3 under way; then 24 places are taken.
    for target in targets.prefix(8) { rounds.ended("\(target)-0", isTaken: false) }
    for target in targets.suffix(3) { for number in 0..<4 { rounds.ended("\(target)-\(number)", isTaken: false) } }
    #expect(begin(&rounds, targets.suffix(3).flatMap { due($0, 4) }) == ["t8-0", "t9-0", "t10-0"])
    for target in targets.prefix(8) { rounds.ended("\(target)-1", isTaken: true) }
    // They are well again, with 2 under way each.
    #expect(begin(&rounds, Array(due("t0", 6).dropFirst(4))) == ["t0-4", "t0-5"])
    #expect(rounds.closed == ["t0", "t8", "t9", "t10"])
  }

  @Test func moreServersThanAreRememberedAreForgottenTogether() {
    var rounds = WebhookRounds()
    for number in 0...WebhookRounds.rememberedMax {
      _ = begin(&rounds, due("t\(number)", 1))
      rounds.ended("t\(number)-0", isTaken: false)
    }
    #expect(begin(&rounds, due("t0", 6)).count == WebhookRounds.sentToOneMax)
    #expect(begin(&rounds, due("t\(WebhookRounds.rememberedMax)", 6)).count == WebhookRounds.sentToTroubledMax)
  }
}
