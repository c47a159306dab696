import NIOCore
import RunnerProtocol

// Sessions: each message comes back, and is told as dealt with, unless its text says otherwise.
extension FakeRunnerConnection {
  func sessionArrived(_ stream: UInt32, _ head: RequestHead) {
    opened(stream, head)
    if head.path == "/refused" { return answer(stream, 404, #"{"detail":"no such thing"}"#) }
    send(.head, stream: stream) { AnswerHead(status: 101).write(to: &$0) }
  }

  func messageArrived(_ stream: UInt32, _ head: RequestHead, _ message: [UInt8]) {
    runner.seen.withLock { $0.messages.append(String(decoding: message.dropFirst(), as: UTF8.self)) }
    switch String(decoding: message.dropFirst(), as: UTF8.self) {
    case "hold": return
    case "end":
      finished(stream)
      return send(.end, stream: stream)
    case "leave":
      finished(stream)
      return send(.abort, stream: stream) {
        AnswerHead(status: 503).write(to: &$0)
        $0 += "{}".utf8
      }
    case "die": return close()
    case "nothing": break
    case "greedy":
      for _ in 0..<100 { send(.reply, stream: stream) { $0 += [1] + Array(repeating: 0x78, count: 60_000) } }
    default: send(.reply, stream: stream) { $0 += message }
    }
    guard head.path == "/slow" else { return send(.handled, stream: stream) }
    later { $0.send(.handled, stream: stream, flush: true) }
  }
}
