/// `GET /v1/apps/{owner}/{app}/gpus` and `GET /v1/gpus`: GPUs that runners hold, by machine type.
public struct GPUCounts: Sendable, Hashable, Codable {
  public var gpus: [String: Int]

  public init(gpus: [String: Int]) { self.gpus = gpus }
}
