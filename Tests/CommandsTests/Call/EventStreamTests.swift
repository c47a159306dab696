import Testing

@testable import Commands

@Suite struct EventStreamTests {
  private static let text =
    ": hello\n\ndata: {\"a\":1}\n\ndata:two\r\ndata: lines\r\n\r\nid: 7\nevent: error\ndata: x\n\nevent: none\n\ndata\n\ndata: open"
  private static let events = [
    EventStream.Event(name: "", data: "{\"a\":1}"), .init(name: "", data: "two\nlines"), .init(name: "error", data: "x"),
    .init(name: "", data: ""),
  ]

  @Test(arguments: [1, 2, 3, 7, 1000]) func eventsComeOutHoweverTheyAreCut(size: Int) throws {
    var stream = EventStream()
    var events: [EventStream.Event] = []
    let bytes = Array(Self.text.utf8)
    for start in stride(from: 0, to: bytes.count, by: size) {
      events += try stream.take(bytes[start..<min(start + size, bytes.count)])
    }
    #expect(events == Self.events)
  }

  @Test func anEventWithoutEndIsGivenUp() throws {
    var stream = EventStream()
    let piece = [UInt8](repeating: UInt8(ascii: "x"), count: EventStream.eventBytesMax / 2)
    _ = try stream.take(piece)
    _ = try stream.take(piece)
    #expect(throws: EventStream.EventTooLong.self) { try stream.take([1]) }
  }
}
