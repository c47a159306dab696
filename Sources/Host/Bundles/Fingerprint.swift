import AppScript
import Crypto

/// What a file is that travels with an app, without its content.
public struct Fingerprint: Sendable, Hashable {
  /// Within the bundle, with "/" and without "..".
  public var path: String
  /// Where the file lies now.
  public var source: String
  /// SHA-256 of the content, in hex.
  public var hash: String
  public var size: Int
  public var isExecutable: Bool

  /// Bytes that are read at once.
  private static let pieceBytes = 256 * 1024

  /// Reads the file once, without keeping it.
  public init(path: String, source: String) throws(BundleError) {
    do {
      let reader = try FileReader(path: source)
      var digest = SHA256()
      var size = 0
      while case let piece = try reader.read(Self.pieceBytes), !piece.isEmpty {
        digest.update(data: piece)
        size += piece.count
      }
      self.path = path
      self.source = source
      self.size = size
      hash = digest.finalize().hexadecimal
      isExecutable = reader.isExecutable
    } catch {
      throw .unreadable(path: path, reason: error.reason)
    }
  }
}

extension EvaluatedScript {
  /// The files that travel with `app`, or with all apps of the script, in the order of their paths.
  public func fingerprints(app: String? = nil) throws(BundleError) -> [Fingerprint] {
    var paths: Set<String> = []
    for (name, bundle) in bundles where app == nil || app == name { paths.formUnion(bundle.files.map(\.path)) }
    var fingerprints: [Fingerprint] = []
    for path in paths.sorted() { fingerprints.append(try Fingerprint(path: path, source: folder + "/" + path)) }
    return fingerprints
  }
}
