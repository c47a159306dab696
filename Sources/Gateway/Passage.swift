import NIOHTTP1

/// What a request that is passed through holds until its answer is whole: an app's slot, or a place at the control API.
/// Given back by exactly one of these, which may be called late or twice.
protocol Passage: AnyObject {
  /// Where its connection comes from; nil while it has no slot.
  var upstreams: UpstreamPool? { get }
  /// The answer has begun.
  func answerBegan(_ head: HTTPResponseHead)
  /// So much of the request's body went on its way.
  func passed(bytesIn count: Int)
  /// So much of the answer's body came.
  func passed(bytesOut count: Int)
  /// The answer was passed through whole.
  func finish()
  /// The caller went away or gives up.
  func clientLeft()
  /// The same, while the program had all of the request; comes first.
  func clientLeft(_ request: ProxyRequest)
  /// There is no (further) answer; the session is told.
  func fail(_ fault: Fault)
}

extension Passage {
  func answerBegan(_ head: HTTPResponseHead) {}
  func passed(bytesIn count: Int) {}
  func passed(bytesOut count: Int) {}
  func clientLeft(_ request: ProxyRequest) {}
}
