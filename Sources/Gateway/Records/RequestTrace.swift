import AppModel
import NIOCore

/// What is known of a request when it arrives, kept until its record is made.
struct RequestTrace {
  var kind: RequestRecord.Kind
  var method: String
  /// As the client wrote it, with the query.
  var target: String
  var caller: Caller
  /// Of the event loop's clock.
  var arrived: UInt64

  init(_ kind: RequestRecord.Kind, method: String, target: String, caller: Caller, arrived: UInt64) {
    self.kind = kind
    self.method = method
    self.target = target
    self.caller = caller
    self.arrived = arrived
  }

  /// One attempt of a request of the queue; it arrives now.
  init(queued target: String, method: String, caller: Caller) {
    self.init(.queued, method: method, target: target, caller: caller, arrived: NIODeadline.now().uptimeNanoseconds)
  }

  /// One that comes from within the process; it arrives now.
  init(host target: String, method: String, caller: Caller) {
    self.init(.host, method: method, target: target, caller: caller, arrived: NIODeadline.now().uptimeNanoseconds)
  }
}
