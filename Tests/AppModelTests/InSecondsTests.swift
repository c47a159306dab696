import AppModel
import Foundation
import Testing

@Suite struct InSecondsTests {
  @Test(
    arguments: [.zero, .milliseconds(1234), .nanoseconds(1), .seconds(3600), .milliseconds(100), .seconds(1 << 40)] as [Duration])
  func aDurationSurvivesJSON(duration: Duration) throws {
    let data = try JSONEncoder().encode(InSeconds(wrappedValue: duration))
    #expect(try JSONDecoder().decode(InSeconds.self, from: data).wrappedValue == duration)
  }
}
