import EngineCore

extension Fact {
  /// Until facts say themselves which of them acknowledge a person's command, all are as safe as those that do.
  var isPromise: Bool { isDurable }
}
