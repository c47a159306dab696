/// What a runner's time is added up by: fal's states that are billed. One without a process costs nothing.
///
/// The journal does not know when a ready runner has requests, so that *idle* and *running* are one here; how much of it was
/// *running* is known from the requests themselves.
enum MeteredState: String, Sendable, Hashable, Codable, CaseIterable {
  case setup
  case ready
  case draining
  case terminating
}
