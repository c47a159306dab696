/// `POST /v1/blobs/missing`: which contents the server does not have yet. Each of those is then sent with
/// `PUT /v1/blobs/{hash}`, raw.
public struct BlobsWanted: Sendable, Hashable, Codable {
  /// SHA-256 of contents, in hex.
  public var hashes: [String]

  public init(hashes: [String]) { self.hashes = hashes }
}

public struct BlobsMissing: Sendable, Hashable, Codable {
  public var missing: [String]
  /// Bytes that one content may have.
  public var bytesMax: Int

  public init(missing: [String], bytesMax: Int) {
    self.missing = missing
    self.bytesMax = bytesMax
  }
}
