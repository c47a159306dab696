import ControlAPI

/// What `server --json` prints when it is ready: the status and, at the first start only, the owner's key.
struct ServerReady: Encodable, Sendable {
  var status: ServerStatus
  /// `id:secret`
  var key: String?

  private enum Keys: String, CodingKey {
    case key
  }

  func encode(to encoder: any Encoder) throws {
    try status.encode(to: encoder)
    var container = encoder.container(keyedBy: Keys.self)
    try container.encodeIfPresent(key, forKey: .key)
  }
}
