import EngineCore
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Store

extension FileResponder {
  /// A token with which parts and files may be uploaded for a while.
  func token(_ request: FileRequest) throws -> Response {
    guard let key = caller(request.header("authorization"))?.key, !key.isEmpty else { throw FileFailure.notAuthorized }
    let end = storage.seconds + FileSignature.seconds
    let text = Date(timeIntervalSince1970: Double(end)).formatted(.iso8601)
    return try Self.json([
      "token": storage.signature.permission(.token, key, until: end), "token_type": "Bearer", "base_url": base(request),
      // Some readers know offsets only as numbers.
      "expires_at": text.hasSuffix("Z") ? text.dropLast() + "+00:00" : text,
    ])
  }

  struct Initiation: Decodable {
    var name: String?
    var type: String?

    enum CodingKeys: String, CodingKey {
      case name = "file_name"
      case type = "content_type"
    }
  }

  /// An address for the bytes that carries its own permission.
  func initiate(_ request: FileRequest) async throws -> Response {
    let user = try user(request)
    let wanted = try await request.json(Initiation.self, max: storage.limits.json)
    let file = try fresh(request, user, name: wanted.name, type: wanted.type)
    try await storage.disk.run { [storage] in try storage.store.add(file) }
    let permission = storage.signature.permission(.put, file.id, until: storage.seconds + FileSignature.seconds)
    let url = url(file, request)
    return try Self.json(["upload_url": "\(url)?upload=\(permission)", "file_url": url])
  }

  /// The whole file in one request.
  func upload(_ request: FileRequest) async throws -> Response {
    let user = try user(request)
    let file = try fresh(request, user, name: request.header("x-fal-file-name"), type: request.header("content-type"))
    return try await storage.asUpload {
      let spool = try await received(request)
      // The row first: what a crash leaves of it is swept.
      try await storage.disk.run { [storage] in try storage.store.add(file) }
      try await storage.finish(file, spool, etag: spool.etag)
      return try Self.json(["access_url": url(file, request)])
    }
  }

  /// The bytes for an address that `initiate` gave. Sent again, the same bytes are no error: their answer may have been lost.
  func put(_ request: FileRequest) async throws -> Response {
    guard let permission = request.query("upload"),
      storage.signature.subject(.put, of: permission, now: storage.seconds) == String(request.parts[1])
    else { throw FileFailure.badPermission }
    let file = try await named(request)
    guard file.upload == nil else { throw FileFailure.badPermission }
    return try await storage.asUpload {
      let spool = try await received(request)
      let etag = spool.etag
      try await storage.finish(file, spool, etag: etag)
      guard try await storage.file(file.id).content?.etag == etag else {
        throw FileFailure(409, "The file was uploaded already")
      }
      return Response(status: .ok, headers: [.eTag: "\"\(etag)\""])
    }
  }

  func received(_ request: FileRequest) async throws -> FileSpool {
    let spool = try FileSpool(in: storage.folder)
    try await request.receive(into: spool, storage)
    return spool
  }

  /// The file that a path names, by its id and its name.
  func named(_ request: FileRequest) async throws -> StoredFile {
    let file = try await storage.file(String(request.parts[1]))
    guard file.name == request.parts[2] else { throw FileFailure.notFound }
    return file
  }

  func fresh(_ request: FileRequest, _ user: String, name: String?, type: String?) throws(FileFailure) -> StoredFile {
    let lifecycle = try FileLifecycle.read(
      request.header("x-fal-object-lifecycle") ?? request.header("x-fal-object-lifecycle-preference"))
    let now = storage.clock.now
    return StoredFile(
      id: FileID.make(), owner: user, name: FileName.cleaned(name), type: FileType.cleaned(type),
      isPrivate: lifecycle.isPrivate, createdAt: now, expiresAt: lifecycle.lifetime.map { now + $0 })
  }
}
