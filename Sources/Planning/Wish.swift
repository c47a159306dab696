public import AppModel

/// What a runner needs of a node: one of these machines, somewhere in these regions.
public struct Wish: Sendable, Hashable {
  /// In order of preference; the first that some node has room for wins.
  public var machines: [Machine]
  /// Labels `region`, or names of nodes; empty: anywhere.
  public var regions: [String]

  public init(machines: [Machine], regions: [String] = []) {
    self.machines = machines
    self.regions = regions
  }

  public init(_ definition: AppDefinition) {
    self.init(machines: definition.machines, regions: definition.regions)
  }
}
