import EngineCore
import Foundation
import Queueing
import Testing

@testable import Host

@Suite struct WebhookPayloadTests {
  private func text(_ status: Int, _ body: [UInt8], type errorType: String = "") throws -> String {
    let outcome = QueueOutcome(status: status, errorType: errorType, body: body, endedAt: Moment(nanoseconds: 0))
    let bytes = try WebhookPayload.bytes(id: "a-1", outcome)
    #expect(JSONSyntax.isValue(bytes))
    return String(decoding: bytes, as: UTF8.self)
  }

  private let start = #"{"request_id":"a-1","gateway_request_id":"a-1","status":"#

  @Test func theAppsOwnJSONStandsInItToTheLetter() throws {
    let body = #"{ "b": 1.10, "a":[12345678901234567890] }"#
    #expect(try text(200, Array(body.utf8)) == start + #""OK","payload":\#(body)}"#)
    #expect(try text(204, []) == start + #""OK","payload":null}"#)
    #expect(try text(200, Array("3".utf8)) == start + #""OK","payload":3}"#)
  }

  @Test func whatFailedSaysHow() throws {
    #expect(
      try text(422, Array(#"{"detail":"text is missing"}"#.utf8))
        == start + #""ERROR","error":"Invalid status code: 422","payload":{"detail":"text is missing"}}"#)
    #expect(try text(503, [], type: "runner_disconnected") == start + #""ERROR","error":"runner_disconnected","payload":null}"#)
    #expect(try text(499, [], type: "say \"x\"").contains(#""error":"say \"x\"""#))
  }

  @Test func whatIsNoJSONOrTooLargeIsNotInIt() throws {
    let start = start + #""OK","payload":null,"payload_error":""#
    #expect(try text(200, Array("<html>".utf8)).hasPrefix(start + "Response payload is not JSON serializable."))
    #expect(try text(200, [0x22, 0xff, 0x22]).hasPrefix(start + "Response payload is not JSON serializable."))
    let large = [UInt8](repeating: UInt8(ascii: "1"), count: WebhookPayload.resultBytesMax + 1)
    #expect(try text(200, large).hasPrefix(start + "Response payload is larger than 4194304 bytes."))
    #expect(try text(200, Array(large.dropLast())).count > WebhookPayload.resultBytesMax)
  }
}
