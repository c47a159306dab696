/// An instance that an earlier server left running, and that its provider has taken over.
public struct FoundRunner: Sendable, Hashable {
  public var instance: RunnerInstance
  /// Path of the Unix socket on which it listens, as `started` told it.
  public var socket: String
  public var pid: Int32

  public init(instance: RunnerInstance, socket: String, pid: Int32) {
    self.instance = instance
    self.socket = socket
    self.pid = pid
  }
}
