public import AppModel
public import EngineCore
import Synchronization

/// Launches of the apps of a process that keeps nothing.
public final class InMemoryLaunches: LaunchSource {
  /// Templates kept of one app; the oldest go. More than the revisions that an app can have runners of.
  static let keptMax = 64

  public struct Missing: Error, Sendable, Hashable, CustomStringConvertible {
    public var app: AppID

    public var description: String { "nothing is known of how runners of \(app) start" }
  }

  private struct Kept {
    var bundle: BundleReference
    var template: LaunchTemplate
  }

  private let kept = Mutex<[AppID: [Kept]]>([:])

  public init() {}

  /// Runners of the app's revisions with that bundle start so; to be set before the deploy.
  public func set(_ template: LaunchTemplate, for app: AppID, bundle: BundleReference) {
    kept.withLock { kept in
      kept[app, default: []].removeAll { $0.bundle == bundle }
      kept[app, default: []].append(Kept(bundle: bundle, template: template))
      if let excess = kept[app]?.count, excess > Self.keptMax { kept[app]?.removeFirst(excess - Self.keptMax) }
    }
  }

  public func template(for app: AppID, revision: Revision) throws -> LaunchTemplate {
    let template = kept.withLock { $0[app]?.last { $0.bundle == revision.bundle }?.template }
    guard let template else { throw Missing(app: app) }
    return template
  }
}
