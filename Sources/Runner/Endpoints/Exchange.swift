import Lua
import RunnerProtocol

/// One request in progress: the context of the task that handles it.
final class Exchange {
  enum Ending {
    /// The host asked for it: the client is gone.
    case cancelled
    /// It took longer than it may.
    case timedOut(seconds: Double)
    /// The runner ends.
    case stopped
  }

  let stream: UInt32
  let requestID: String
  let path: String
  let isStreaming: Bool
  /// Set where its client sends message after message.
  var session: Session?
  /// A health check, which takes no slot.
  var isCheck = false
  var task: LuaTask?
  var limit: EventLoop.Timer?
  /// Why the task was cancelled; the first reason counts.
  private(set) var ending: Ending?
  /// Headers that the handler has set.
  var headers: [RequestHead.Header] = []
  /// Whether the head of a streamed answer has been sent.
  var hasStarted = false
  /// Bytes of chunks that the host still takes.
  var credit: Int
  /// A handler that waits for credit.
  var sender: LuaSuspension?

  init(stream: UInt32, head: RequestHead, isStreaming: Bool, credit: Int) {
    self.stream = stream
    self.isStreaming = isStreaming
    self.credit = credit
    requestID = head.requestID
    path = head.path
  }

  var isTimedOut: Bool {
    if case .timedOut = ending { true } else { false }
  }

  /// The next message of a session: that an earlier one took too long is no matter.
  func messageBegan() {
    if isTimedOut { ending = nil }
  }

  /// Stops the handler, which cannot catch it. Its `onFinish` answers.
  func end(_ ending: Ending) {
    guard self.ending == nil, let task, !task.isFinished else { return }
    self.ending = ending
    task.cancel(ExchangeEnded())
  }
}

/// What a cancelled task ends with; `Exchange.ending` says more.
struct ExchangeEnded: Error, CustomStringConvertible {
  var description: String { "the request was ended" }
}
