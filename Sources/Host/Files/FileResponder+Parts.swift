import Crypto
import FoundationEssentials
import Glibc
import HTTPTypes
import Hummingbird
import Platform
import Store

extension FileResponder {
  func beginParts(_ request: FileRequest) async throws -> Response {
    let user = try user(request)
    var file = try fresh(request, user, name: request.header("x-fal-file-name"), type: request.header("content-type"))
    let upload = FileID.make()
    file.upload = upload
    let begun = file
    try await storage.disk.run { [storage] in
      try storage.store.add(begun)
      guard mkdir(storage.parts(begun.id), 0o700) == 0 else { throw SystemError("make a folder of parts") }
    }
    return try Self.json(["access_url": url(begun, request), "uploadId": upload])
  }

  /// A part lies in a file that is named by its number and its tag: nothing else has to be kept of it.
  func putPart(_ request: FileRequest) async throws -> Response {
    let file = try await ownUpload(request)
    guard file.content == nil else { throw FileFailure(409, "The upload is complete") }
    guard let number = Int(request.parts[5]), (1...storage.limits.parts).contains(number) else {
      throw FileFailure(400, "A part has a number from 1 to \(storage.limits.parts)")
    }
    return try await storage.asUpload {
      let spool = try await received(request)
      let etag = spool.etag
      try await storage.disk.run { [storage] in
        try spool.sync()
        try spool.keep(as: "\(number).\(etag)", in: storage.parts(file.id))
      }
      return Response(status: .ok, headers: [.eTag: "\"\(etag)\""])
    }
  }

  struct Completion: Decodable {
    struct Part: Decodable {
      var partNumber: Int
      var etag: String
    }

    var parts: [Part]
  }

  /// Puts the parts together, in the order of their numbers. Asked again, it says the same.
  func completeParts(_ request: FileRequest) async throws -> Response {
    let file = try await ownUpload(request)
    let answer = try Self.json(["access_url": url(file, request)])
    guard file.content == nil else { return answer }
    let wanted = try await request.json(Completion.self, max: storage.limits.json).parts.sorted { $0.partNumber < $1.partNumber }
    guard !wanted.isEmpty, wanted.count <= storage.limits.parts else {
      throw FileFailure(400, "An upload has 1 to \(storage.limits.parts) parts")
    }
    guard wanted.enumerated().allSatisfy({ $0.element.partNumber == $0.offset + 1 }) else {
      throw FileFailure(400, "Each part from 1 on must be named once")
    }
    let names = try wanted.map { part in
      let tag = part.etag.filter { $0 != "\"" }
      guard BlobHash.isValid(tag) else {
        throw FileFailure(400, "The etag of part \(part.partNumber) is not the one that was answered")
      }
      return "\(part.partNumber).\(tag)"
    }
    return try await storage.asUpload {
      try await join(file, names)
      return answer
    }
  }

  private func join(_ file: StoredFile, _ names: [String]) async throws {
    let folder = storage.parts(file.id)
    let spool = try FileSpool(in: storage.folder)
    var hash = SHA256()
    for (index, name) in names.enumerated() {
      hash.update(data: Data(name.utf8))
      // A part at a time, so that other uploads come between.
      try await storage.disk.run { [limits = storage.limits, root = storage.folder] in
        var facts = stat()
        guard stat("\(folder)/\(name)", &facts) == 0 else {
          throw FileFailure(400, "Part \(index + 1) is missing, or its etag is not the one that was answered")
        }
        guard spool.size + Int64(facts.st_size) <= limits.file else {
          throw FileFailure(413, "A file may have \(limits.file) bytes at most")
        }
        guard limits.hasRoom(in: root) else { throw FileFailure.diskFull }
        try spool.append(fileAt: "\(folder)/\(name)")
      }
    }
    try await storage.finish(file, spool, etag: Array(hash.finalize()).hexadecimal)
    try await storage.disk.run { [storage] in try storage.removeParts(file.id) }
  }

  /// The upload that the path names, where it is this caller's.
  private func ownUpload(_ request: FileRequest) async throws -> StoredFile {
    let user = try user(request)
    let file = try await named(request)
    guard file.owner == user, let upload = file.upload, upload == request.parts[4] else { throw FileFailure.notFound }
    return file
  }
}
