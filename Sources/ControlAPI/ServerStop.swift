/// `POST /v1/stop`: the server ends, and its runners live on for the next one unless they are to end too.
public struct ServerStop: Sendable, Hashable, Codable {
  public var stopsRunners: Bool

  public init(stopsRunners: Bool = false) { self.stopsRunners = stopsRunners }
}
