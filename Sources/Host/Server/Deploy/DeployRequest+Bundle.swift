import ControlAPI
import Store

extension DeployRequest {
  /// The files, as the store names them.
  var bundleEntries: [BundleEntry] {
    files.map { BundleEntry(path: $0.path, hash: $0.hash, size: $0.size, isExecutable: $0.isExecutable) }
  }
}
