import AppModel
import NIOCore

extension HTTPConnection {
  /// Of the present request, for the exchange that takes it on.
  func trace(_ kind: RequestRecord.Kind = .direct) -> RequestTrace {
    RequestTrace(kind, method: request.method, target: request.target, caller: request.caller, arrived: request.arrived)
  }

  /// The present request is over: makes its record, unless an exchange does.
  func recordUnlessTraced(isAborted: Bool = false) {
    guard !request.isRecorded else { return }
    request.isRecorded = true
    core.counts.answered(isAborted ? 499 : request.status)
    guard core.records.areWanted else { return }
    var times = RequestTimes()
    times.arrived = request.arrived
    times.firstByte = request.firstByte
    times.ended = NIODeadline.now().uptimeNanoseconds
    times.clockOffset = core.records.clockOffset
    core.records.add(
      RequestRecord(
        id: request.id, kind: .platform, app: request.app, revision: nil, runner: nil, caller: request.caller, payer: "",
        method: request.method, target: request.target, status: isAborted ? 499 : request.status,
        errorType: isAborted ? "client_disconnected" : request.errorType, outcome: isAborted ? .aborted : .answered, times: times,
        busyNanoseconds: 0, isCold: false, bytesIn: request.bytesIn, bytesOut: request.bytesOut, billableUnits: nil))
  }

  /// What the answer is, where the platform gives it.
  func answering(_ status: Int, _ errorType: String? = nil, bytes: Int) {
    request.status = status
    request.errorType = errorType ?? ""
    request.bytesOut = bytes
  }
}
