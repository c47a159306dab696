/// What a host name stands for: one listener serves all of them, and tells them apart by the `Host` header.
enum HostRole: Hashable, Sendable {
  /// Calls of apps, and everything that has a path of its own. Any name that is not one of the others.
  case run
  /// Every path is one of the queue.
  case queue
  /// Every path is a call of fal's REST API.
  case rest
  /// Every path is about stored files.
  case files

  /// - Parameter host: the header's value, with or without a port; nil: the client did not say.
  init(host: String?) {
    guard let host else {
      self = .run
      return
    }
    // Most hosts are neither of fal's names nor begin with a label of ours.
    if host.begins("queue.") {
      self = .queue
    } else if host.begins("rest.") {
      self = .rest
    } else if host.begins("files.") || host.begins("v3.fal.media") || host.begins("v3b.fal.media") {
      self = .files
    } else {
      self = .run
    }
  }
}
