/// What this process knows of the files of bundles.
struct BundleFolderState {
  /// Bundles whose files were compared with their hashes; a power failure may have cut those that were not.
  var verified: Set<String> = []
  /// Makes names of staging folders and files that are used once.
  var stagings = 0

  mutating func nextStaging() -> String {
    stagings += 1
    return "\(Store.stagingPrefix)\(stagings)"
  }
}
