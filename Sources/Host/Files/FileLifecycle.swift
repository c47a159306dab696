import FoundationEssentials

/// What `X-Fal-Object-Lifecycle` asks for.
struct FileLifecycle: Decodable, Hashable {
  struct ACL: Decodable, Hashable { var `default`: String? }

  var seconds: Int64?
  var acl: ACL?

  enum CodingKeys: String, CodingKey {
    case seconds = "expiration_duration_seconds"
    case acl = "initial_acl"
  }

  /// Longest time that is kept as a number of nanoseconds: a hundred years.
  private static let secondsMax: Int64 = 100 * 365 * 86_400

  /// - Throws: `FileFailure`, rather than keep a file longer or more openly than was asked.
  static func read(_ header: String?) throws(FileFailure) -> FileLifecycle {
    guard let header, !header.isEmpty else { return FileLifecycle() }
    let wrong = FileFailure(400, "X-Fal-Object-Lifecycle is not what it must be")
    do {
      let read = try JSONDecoder().decode(Self.self, from: Data(header.utf8))
      guard read.seconds.map({ $0 > 0 }) ?? true else { throw wrong }
      return read
    } catch {
      throw wrong
    }
  }

  var lifetime: Duration? { seconds.map { .seconds(min($0, Self.secondsMax)) } }

  /// fal's `hide` and `forbid`: for its owner alone.
  var isPrivate: Bool { ["hide", "forbid"].contains(acl?.default) }
}
