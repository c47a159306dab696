import NIOHTTP1

/// What a request that is passed through holds until its answer is whole: an app's slot, or a place at the control API.
/// Given back by exactly one of these, which may be called late or twice.
protocol Passage: AnyObject {
  /// Where its connection comes from; nil while it has no slot.
  var upstreams: UpstreamPool? { get }
  /// The answer has begun.
  func answerBegan(_ head: HTTPResponseHead)
  /// The answer was passed through whole.
  func finish()
  /// The caller went away or gives up.
  func clientLeft()
  /// There is no (further) answer; the session is told.
  func fail(_ fault: Fault)
}

extension Passage {
  func answerBegan(_ head: HTTPResponseHead) {}
}
