public import EngineCore

/// Knows what the runners of a revision are told at their start.
///
/// A fact never holds that: it has secrets in it, and folders that exist on this machine only.
public protocol LaunchSource: Sendable {
  /// Asked on the engine's thread for every runner that is connected, so it must be quick: what takes time was done when
  /// the revision was made.
  ///
  /// - Throws: when it cannot be made (the bundle is gone, say); the start fails with what the error says.
  func template(for app: AppID, revision: Revision) throws -> LaunchTemplate
}
