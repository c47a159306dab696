import Foundation

/// The binaries that the test build made, and the folders of the repository.
enum Executables {
  static let repository = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Test bundles lie beside the executables.
  static let folder: URL = {
    #if os(Linux)
      URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    #else
      Bundle.main.bundleURL.deletingLastPathComponent()
    #endif
  }()

  static let apolune = folder.appending(path: "apolune")

  static func example(_ name: String) -> String { repository.appending(path: "Examples/\(name)").path }
}
