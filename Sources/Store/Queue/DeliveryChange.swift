public import EngineCore

/// What became of an attempt to deliver a webhook.
public enum DeliveryChange: Sendable, Hashable {
  case delivered(request: String, at: Moment)
  case failed(request: String, attempts: Int, problem: String, next: Moment)
  /// Nobody tries any more.
  case dead(request: String, attempts: Int, problem: String)
  /// Somebody asks to have a dead one tried anew; `of` is whose it must be, if not anybody's. Answered with `.unknown` where
  /// there is none.
  case revived(request: String, of: String?, at: Moment)
  /// The same for all that are dead.
  case revivedAll(of: String?, at: Moment)
}
