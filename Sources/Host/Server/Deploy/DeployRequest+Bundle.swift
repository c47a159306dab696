import ControlAPI
import Store

extension DeployRequest {
  /// The files, as the store names them.
  var bundleEntries: [BundleEntry] {
    files.map { file in BundleEntry(path: file.path, hash: file.hash, size: file.size, isExecutable: file.isExecutable) }
  }
}
