import EngineCore
import NIOCore

/// Where the records of all requests are made that an app had.
extension Exchange {
  func phaseChanged(from last: Phase) {
    if case .new = last, trace != nil { desk.counts.received += 1 }
    switch phase {
    case .new, .waiting: break
    case .running(_, let link):
      progress.started = NIODeadline.now().uptimeNanoseconds
      progress.link = link
      link.busy.begins(at: progress.started)
    case .over: place?.leave()
    }
  }

  /// A piece of the answer came from a Lua runner.
  func progressed(_ part: AnswerPart) {
    // What comes after its caller has left is no answer any more.
    guard progress.ended == 0 else { return }
    switch part {
    case .whole(_, let body):
      end()
      progress.firstByte = progress.ended
      progress.bytesOut = body.readableBytes
    case .head: progress.firstByte = NIODeadline.now().uptimeNanoseconds
    case .handled: break
    case .chunk(let data), .reply(let data): progress.bytesOut += data.readableBytes
    case .end, .abort: end()
    }
  }

  /// Notes when the request was over for its caller; its slot may come back later.
  func end() {
    if progress.ended == 0 { progress.ended = NIODeadline.now().uptimeNanoseconds }
  }

  /// Makes the record, once: when nothing can be added to it any more.
  func recordIfOver() {
    guard case .over = phase, !progress.isRecorded else { return }
    progress.isRecorded = true
    end()
    // A runner may have been at it for longer than its caller waited.
    let now = fault == nil && !progress.isAborted ? progress.ended : NIODeadline.now().uptimeNanoseconds
    let busy = progress.link.map { $0.busy.take(at: now, isIdle: desk.inFlight($0) == 0) } ?? 0
    guard let trace else { return }
    let record = record(trace, busy: busy)
    desk.counts.add(record)
    desk.core.records.add(record)
  }

  private func record(_ trace: RequestTrace, busy: UInt64) -> RequestRecord {
    var times = RequestTimes()
    times.arrived = trace.arrived
    times.started = progress.started
    times.firstByte = progress.firstByte
    times.ended = progress.ended
    times.clockOffset = desk.core.records.clockOffset
    let isShared = desk.routed?.route.auth == .shared && !trace.caller.id.isEmpty
    var record = RequestRecord(
      id: requestID, kind: trace.kind, app: desk.app, revision: progress.link?.revision, runner: progress.link?.runner,
      caller: trace.caller, payer: isShared ? trace.caller.id : desk.app.owner, method: trace.method, target: trace.target,
      status: notes.status, errorType: notes.errorType, outcome: .answered, times: times,
      busyNanoseconds: Int64(truncatingIfNeeded: busy), isCold: progress.isCold, bytesIn: progress.bytesIn,
      bytesOut: progress.bytesOut, billableUnits: notes.billableUnits)
    if progress.isAborted {
      record.outcome = .aborted
      record.status = 499
      record.errorType = "client_disconnected"
    } else if let fault {
      record.outcome = .failed
      record.status = fault.status
      record.errorType = fault.errorType ?? ""
    }
    return record
  }
}
