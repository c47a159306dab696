import Glibc
import Testing

@testable import Commands

@Suite struct PipedLineSourceTests {
  private func source(_ text: String, closes: Bool = true) throws -> (PipedLineSource, Int32) {
    var ends: [Int32] = [-1, -1]
    #expect(pipe(&ends) == 0)
    #expect(Descriptor.write(text, to: ends[1]))
    if closes { close(ends[1]) }
    return (try PipedLineSource(descriptor: ends[0]), ends[1])
  }

  @Test func everyLineIsOneSourceAndTheLastMayLackItsBreak() async throws {
    let (source, _) = try source("one\r\n\ntwo")
    #expect(await source.next(after: "") == .source("one"))
    #expect(await source.next(after: "") == .source(""))
    #expect(await source.next(after: "if") == .source("if\ntwo"))
    #expect(await source.next(after: "") == .end)
    #expect(await source.next(after: "") == .end)
  }

  @Test func aCancelledReaderOfASilentPipeGetsTheEnd() async throws {
    let (source, end) = try source("", closes: false)
    let reading = Task { await source.next(after: "") }
    reading.cancel()
    #expect(await reading.value == .end)
    close(end)
  }
}
