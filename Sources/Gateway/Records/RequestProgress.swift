/// How far an exchange has come, for its record.
struct RequestProgress {
  /// nil: no runner ever had it.
  var link: RunnerLink?
  /// Of the event loop's clock; 0: not yet.
  var started: UInt64 = 0
  var firstByte: UInt64 = 0
  var ended: UInt64 = 0
  var bytesIn = 0
  var bytesOut = 0
  /// No runner was ready when it came.
  var isCold = false
  /// The caller went away before the answer was whole.
  var isAborted = false
  var isRecorded = false
}
