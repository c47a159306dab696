public import EngineCore

/// What became of an attempt to deliver a webhook.
public enum DeliveryChange: Sendable, Hashable {
  case delivered(request: String)
  case failed(request: String, attempts: Int, problem: String, next: Moment)
  /// Nobody tries any more.
  case dead(request: String, attempts: Int, problem: String)
  /// Somebody asks to have a dead one tried anew.
  case revived(request: String, at: Moment)
}
