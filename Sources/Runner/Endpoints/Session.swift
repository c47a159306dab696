import Lua
import RunnerProtocol

/// What an exchange has besides when its client sends message after message: they are dealt with one at a time.
final class Session {
  struct Message {
    var kind: SessionMessage.Kind
    var bytes: [UInt8]
  }

  let handler: LuaFunction
  /// The one `request` of all messages: what a handler keeps in it is there for the next one.
  let request: LuaTable
  /// The form of the message that is being dealt with, in which it is answered.
  private(set) var kind = SessionMessage.Kind.binary
  private var waiting: [Message] = []
  /// Whether a message is being dealt with.
  private(set) var isBusy = false
  /// The last word on a message, which waits until the host takes it.
  var last: Message?
  /// It ends when the present message is dealt with.
  var isLeaving = false

  init(handler: LuaFunction, request: LuaTable) {
    self.handler = handler
    self.request = request
  }

  /// False when the host has sent more than it may.
  func arrived(_ message: Message) -> Bool {
    guard waiting.count + (isBusy ? 1 : 0) < SessionMessage.windowMax else { return false }
    waiting.append(message)
    return true
  }

  /// The next message, unless one is being dealt with.
  func next() -> Message? {
    guard !isBusy, !waiting.isEmpty else { return nil }
    let message = waiting.removeFirst()
    kind = message.kind
    isBusy = true
    return message
  }

  func handled() { isBusy = false }

  func forget() { waiting = [] }
}
