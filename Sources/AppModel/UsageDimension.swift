/// By what usage is added up. Several at once make a row for each combination.
public enum UsageDimension: String, Sendable, Hashable, Codable, CaseIterable {
  case app
  case owner
  /// Who pays: the owner, and for requests of shared apps the caller.
  case payer
  /// Who made the requests. The time of runners belongs to no caller.
  case caller
  /// Id of the key that was shown with the requests.
  case key
  case revision
  /// Name of the machine type.
  case machine
  /// GPUs of one runner.
  case gpus
  /// How requests came: direct, queued, ….
  case kind
  case hour
  case day
  case month
}
