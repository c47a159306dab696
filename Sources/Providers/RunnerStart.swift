public import AppModel

/// A runner that is to be started.
public struct RunnerStart: Sendable, Hashable {
  public var instance: RunnerInstance
  /// What it gets.
  public var machine: Machine

  public init(_ instance: RunnerInstance, machine: Machine) {
    self.instance = instance
    self.machine = machine
  }
}
