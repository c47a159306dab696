/// Who makes a request.
public struct Caller: Sendable, Hashable, Codable {
  /// Name of the user; empty when nobody had to say who they are.
  public var id: String
  /// Id of the key that was shown; empty without one.
  public var key: String

  public init(id: String, key: String = "") {
    self.id = id
    self.key = key
  }

  public static let anonymous = Caller(id: "")
}
