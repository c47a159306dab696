import AppModel
import AppScript
import ControlAPI
import FoundationEssentials
import NIOCore

extension ControlService {
  /// Bytes of one content.
  private var blobMax: Int { Int(deploys.limits.file.bytes) }

  func blobsMissing(_ request: APIRequest) async throws -> APIAnswer {
    let wanted = try await request.json(BlobsWanted.self)
    guard wanted.hashes.count <= AppScript.BundleManifest.filesMax else {
      throw APIFailure(413, "too-many-files", "\(wanted.hashes.count) contents are asked for", fix: "ask for fewer at a time")
    }
    let missing = try await disk.run { [store] in try store.missingBlobs(of: wanted.hashes) }
    return try .json(BlobsMissing(missing: missing, bytesMax: blobMax))
  }

  func putBlob(_ request: APIRequest) async throws -> APIAnswer {
    let hash = request.parameter("hash")
    guard BlobHash.isValid(hash) else {
      throw APIFailure(400, "bad-hash", "'\(hash.prefix(80))' is no SHA-256 of 64 hex digits")
    }
    let spool = try UnnamedFile(in: store.folder)
    let tooLarge = APIFailure(
      413, "blob-too-large", "the content is larger than \(ByteCount(Int64(blobMax)))",
      fix: "keep large data in a mount such as /data")
    try await request.content(max: blobMax, tooLarge) { part in try await disk.run { try spool.append(part) } }
    try await disk.run { [store, blobMax] in
      try spool.withContent { try store.putBlob(hash, $0, sizeMax: blobMax) }
    }
    return .empty(status: 204)
  }
}
