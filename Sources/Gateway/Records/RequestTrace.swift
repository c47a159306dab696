import AppModel
import EngineCore
import NIOCore
import Queueing

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

  /// One attempt at a request of the queue. The first one has arrived when it was submitted, any other does so now.
  init(_ row: Backlog.Row) {
    let request = row.request
    let age = row.attempts > 1 ? 0 : max(0, Moment.now.nanoseconds - request.submittedAt.nanoseconds)
    let now = NIODeadline.now().uptimeNanoseconds
    self.init(
      .queued, method: "POST", target: "/\(request.app)\(request.path)", caller: request.caller,
      arrived: now - min(now, UInt64(age)))
  }

  /// One that comes from within the process; it arrives now.
  ///
  /// - Parameter path: within the app.
  init(host path: String, of app: AppID, method: String, caller: Caller) {
    self.init(
      .host, method: method, target: "/\(app)\(path)", caller: caller, arrived: NIODeadline.now().uptimeNanoseconds)
  }
}
