public import EngineCore

/// A file that a caller uploaded, or begins to.
public struct StoredFile: Sendable, Hashable {
  /// The content of an upload that is whole.
  public struct Content: Sendable, Hashable {
    public var size: Int64
    /// Without quotes.
    public var etag: String

    public init(size: Int64, etag: String) {
      self.size = size
      self.etag = etag
    }
  }

  /// Hex digits that nobody can guess; also the name of the file on the disk.
  public var id: String
  public var owner: String
  /// Cleaned: it stands in the URL as it is.
  public var name: String
  public var type: String
  /// Only its owner may read it.
  public var isPrivate: Bool
  /// Of an upload in parts.
  public var upload: String?
  /// nil until the upload is whole.
  public var content: Content?
  public var createdAt: Moment
  public var expiresAt: Moment?

  public init(
    id: String, owner: String, name: String, type: String, isPrivate: Bool, upload: String? = nil, content: Content? = nil,
    createdAt: Moment, expiresAt: Moment? = nil
  ) {
    self.id = id
    self.owner = owner
    self.name = name
    self.type = type
    self.isPrivate = isPrivate
    self.upload = upload
    self.content = content
    self.createdAt = createdAt
    self.expiresAt = expiresAt
  }

  public func isExpired(at now: Moment) -> Bool { expiresAt.map { $0.nanoseconds <= now.nanoseconds } ?? false }
}
