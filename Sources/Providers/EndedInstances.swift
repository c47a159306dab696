/// The ends of runners that are gone, so that a command that comes late neither starts one again nor stays unanswered.
struct EndedInstances {
  /// A command older than so many ends is answered as `unknown`.
  static let countMax = 1024

  private var ends: [String: (generation: Int, end: RunnerEnd)] = [:]
  /// In the order in which they are forgotten.
  private var order: [String] = []

  mutating func record(_ instance: RunnerInstance, _ end: RunnerEnd) {
    if ends.updateValue((instance.generation, end), forKey: instance.id) == nil { order.append(instance.id) }
    guard order.count > Self.countMax else { return }
    for id in order.prefix(Self.countMax / 2) { ends[id] = nil }
    order.removeFirst(Self.countMax / 2)
  }

  /// How `instance` ended; nil when it may still be started.
  func end(of instance: RunnerInstance) -> RunnerEnd? {
    guard let known = ends[instance.id], instance.generation <= known.generation else { return nil }
    return instance.generation == known.generation ? known.end : .unknown
  }
}
