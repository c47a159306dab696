import AppModel
import Engine
import EngineCore
import FoundationEssentials
import Glibc
import Store
import Synchronization

/// Launches of revisions whose bundles are in the store.
struct StoredLaunches: LaunchSource {
  var store: Store
  var folder: DataFolder

  func template(for app: AppID, revision: Revision) throws -> LaunchTemplate {
    LaunchTemplate(
      bundle: try bundle(revision.bundle.hash), script: revision.bundle.script,
      dataMounts: try mounts(of: app, revision.definition), ephemeral: false)
  }

  /// A folder under its hash is whole, so that to see it is enough here. What a power failure did to it is looked for at
  /// the start, on a thread that holds nobody up.
  private func bundle(_ hash: String) throws -> String {
    let path = "\(folder.bundles)/\(hash)"
    return access(path, R_OK | X_OK) == 0 ? path : try store.materialize(hash)
  }

  /// One folder a mount, shared by all runners and revisions of the owner's apps in one environment.
  private func mounts(of app: AppID, _ definition: AppDefinition) throws -> [String: String] {
    var mounts: [String: String] = [:]
    for mount in definition.dataMounts {
      let name = mount.split(separator: "/").joined(separator: "-")
      let path = "\(folder.mounts)/\(app.owner)/\(app.environment)/\(name)"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      mounts[mount] = path
    }
    return mounts
  }
}
