import ControlAPI
import Testing

@testable import Commands

@Suite struct WebhookTableTests {
  @Test func aTableTellsWhatIsTriedAndWhatWasGivenUp() {
    let list = WebhookList(webhooks: [
      WebhookInfo(
        request: "r-1", app: "ada/words", environment: "main", user: "bob", url: "http://a/", attempts: 2, isDead: false,
        nextAt: 60, problem: "the receiver answered 500"),
      WebhookInfo(
        request: "r-2", app: "ada/words", environment: "dev", user: "", url: "http://b/", attempts: 10, isDead: true, nextAt: nil,
        problem: nil),
    ])
    #expect(
      WebhookTable.render(list, TimeText(secondsFromGMT: 0), .plain) == """
        Request  App             User  Attempts  Next Attempt         URL        Problem
        r-1      ada/words       bob          2  1970-01-01 00:01:00  http://a/  the receiver answered 500
        r-2      ada/words--dev  -           10  given up             http://b/  -

        """)
  }

  @Test(arguments: [["x", "--all"], []]) func aRetryIsOfOneOrOfAll(arguments: [String]) {
    let error = #expect(throws: (any Error).self) { try WebhooksRetryCommand.parse(arguments) }
    #expect(error.map { WebhooksRetryCommand.message(for: $0) }?.contains("--all") == true)
  }
}
