import Foundation
import Glibc
import RunnerProtocol
import Testing

@Suite struct StreamTests {
  private func started(_ body: String, _ change: (inout LaunchSpec) -> Void = { _ in }) throws -> TestRunner {
    let runner = try TestRunner(
      EndpointTests.app(
        "app:endpoint('/', { stream = true }, function(input, request)\n\(body)\nend)\napp:endpoint('/ping', function() return 1 end)"
      ))
    try runner.start(.endpoints, change)
    return runner
  }

  @Test func eventsComeAsTheyAreSent() throws {
    let runner = try started("for i = 1, 3 do request:send { n = i } sleep(0.01) end")
    let stream = runner.request()
    #expect(try runner.answer(stream, .head).status == 200)
    for number in 1...3 { #expect(try runner.expect(.chunk, stream: stream).text == "{\"n\":\(number)}") }
    _ = try runner.expect(.end, stream: stream)
  }

  @Test func anEmptyStreamHasAHeadAndAnEnd() throws {
    let runner = try started("")
    let stream = runner.request()
    _ = try runner.answer(stream, .head)
    _ = try runner.expect(.end, stream: stream)
  }

  @Test func aFailureBeforeTheFirstEventIsAnAnswer() throws {
    let answer = try started("fail(422, 'no')").call()
    #expect(answer.status == 422)
  }

  @Test func aFailureLaterCutsTheStream() throws {
    let runner = try started("request:send(1) error('boom')")
    let stream = runner.request()
    _ = try runner.expect(.chunk, stream: stream)
    #expect(try runner.answer(stream, .abort).status == 500)
  }

  @Test func aStreamWaitsForCredit() throws {
    let runner = try started("for i = 1, 100 do request:send(('x'):rep(98)) end log.info('all sent')") { $0.streamCredit = 1000 }
    let stream = runner.request()
    _ = try runner.answer(stream, .head)
    for _ in 0..<10 { _ = try runner.expect(.chunk, stream: stream) }
    // Another request runs while this one waits, and no chunk comes without credit.
    #expect(try runner.call("/ping").body == "1")
    #expect(throws: TestRunner.Failure.self) { try runner.expect(.chunk, stream: stream, seconds: 0.2) }
    var credit: [UInt8] = []
    credit.append(integer: UInt32(2000))
    runner.send(.credit, stream: stream, credit)
    for _ in 0..<20 { _ = try runner.expect(.chunk, stream: stream) }
    credit = []
    credit.append(integer: UInt32(1_000_000))
    runner.send(.credit, stream: stream, credit)
    for _ in 0..<70 { _ = try runner.expect(.chunk, stream: stream) }
    _ = try runner.expect(.end, stream: stream)
    try runner.log(containing: "all sent")
  }

  @Test func aStreamThatWaitsForCreditCanBeCancelled() throws {
    let runner = try started("while true do request:send(('x'):rep(100)) end") { $0.streamCredit = 500 }
    let stream = runner.request()
    for _ in 0..<5 { _ = try runner.expect(.chunk, stream: stream) }
    runner.send(.cancel, stream: stream)
    #expect(try runner.answer(stream, .abort).status == 499)
  }

  @Test func aHostThatDoesNotReadHoldsTheStreamBack() throws {
    let runner = try started("for i = 1, 300 do request:send(('x'):rep(100000)) end") { $0.streamCredit = 1 << 30 }
    let stream = runner.request()
    usleep(700_000)
    #expect(try residentKilobytes(runner.pid) < 60_000)
    for _ in 0..<300 { #expect(try runner.expect(.chunk, stream: stream).payload.count == 100_002) }
    _ = try runner.expect(.end, stream: stream)
  }

  @Test func sendNeedsAStreamEndpoint() throws {
    let runner = try TestRunner(EndpointTests.handler("request:send(1)"))
    try runner.start()
    #expect(try runner.call().status == 500)
    try runner.log(containing: "stream = true")
  }
}
