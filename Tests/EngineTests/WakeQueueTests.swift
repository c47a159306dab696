import EngineCore
import Testing

@testable import Engine

@Suite struct WakeQueueTests {
  private func app(_ number: Int) -> AppID { AppID(owner: "me", name: "app\(number)") }

  @Test(arguments: UInt64(0)..<20) func appsComeInTheOrderOfTheirYoungestTime(seed: UInt64) throws {
    var random = SplitMix(state: seed)
    var queue = WakeQueue()
    var model: [AppID: Int64] = [:]
    for _ in 0..<2_000 {
      let app = app(Int.random(in: 0..<50, using: &random))
      let time = Int.random(in: 0..<4, using: &random) == 0 ? nil : Int64.random(in: 0..<100, using: &random)
      queue.set(time.map { Moment(nanoseconds: $0) }, for: app)
      model[app] = time
      try #require(queue.earliest?.nanoseconds == model.values.min())
    }
    #expect(queue.next(until: Moment(nanoseconds: -1)) == nil)
    var last: Int64 = 0
    while let app = queue.next(until: Moment(nanoseconds: 1_000)) {
      let time = model.removeValue(forKey: app)
      try #require(time != nil && (time ?? 0) >= last)
      last = time ?? last
    }
    #expect(model.isEmpty && queue.earliest == nil)
  }
}

struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
