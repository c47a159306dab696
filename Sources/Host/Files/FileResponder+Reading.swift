import EngineCore
import Glibc
import HTTPTypes
import Hummingbird
import NIOCore
import Platform
import Store

extension FileResponder {
  func get(_ request: FileRequest) async throws -> Response {
    let file = try await named(request)
    guard let content = file.content else { throw FileFailure.notFound }
    // Whoever may not see it is told what anybody is told of a file that is not there.
    if file.isPrivate, (try? user(request)) != file.owner { throw FileFailure.notFound }
    var headers = headers(file, content)
    let tag = "\"\(content.etag)\""
    if let known = request.header("if-none-match"), Self.names(known, tag) {
      var response = Response(status: .notModified, headers: headers)
      // An empty body is not what the file is long.
      response.headers[.contentLength] = nil
      return response
    }
    let isCurrent = request.header("if-range").map { $0 == tag } ?? true
    var range: Range<Int64> = 0..<content.size
    var status = HTTPResponse.Status.ok
    switch ByteRange(isCurrent ? request.header("range") : nil, size: content.size) {
    case .whole: break
    case .part(let part):
      range = part
      status = .partialContent
      headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(content.size)"
    case .unsatisfiable:
      return Response(
        status: .rangeNotSatisfiable, headers: [.contentRange: "bytes */\(content.size)", .contentType: "application/json"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: #"{"detail":"The range lies beyond the file"}"#)))
    }
    headers[.contentType] = file.type
    guard request.request.method != .head else {
      headers[.contentLength] = "\(range.count)"
      return Response(status: status, headers: headers)
    }
    let reading = try await storage.disk.run { [path = storage.path(file.id), range] in try FileReading(path, range) }
    return Response(
      status: status, headers: headers,
      body: ResponseBody(contentLength: range.count) { [disk = storage.disk] writer in
        while let bytes = try await disk.run({ try reading.next() }) { try await writer.write(bytes) }
        try await writer.finish(nil)
      })
  }

  private func headers(_ file: StoredFile, _ content: StoredFile.Content) -> HTTPFields {
    var headers: HTTPFields = [
      .eTag: "\"\(content.etag)\"", .acceptRanges: "bytes", .lastModified: HTTPDate.text(file.createdAt),
      .xContentTypeOptions: "nosniff", .contentSecurityPolicy: "default-src 'none'; sandbox",
      .cacheControl: file.isPrivate ? "private, no-store" : file.expiresAt == nil ? "public, max-age=31536000" : "no-cache",
    ]
    headers[.contentDisposition] = (FileType.isShown(file.type) ? "inline" : "attachment") + "; filename=\"\(file.name)\""
    return headers
  }

  private static func names(_ list: String, _ tag: String) -> Bool {
    // No tag of ours has a space or a comma in it.
    list.split { $0 == "," || $0 == " " }.contains { $0 == "*" || $0 == tag || $0 == "W/\(tag)" }
  }
}
