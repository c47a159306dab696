/// Why a call about files is refused, as fal says it: a status, and a sentence.
struct FileFailure: Error, Hashable {
  var status: Int
  var detail: String
  /// `Allow`, where the method was the wrong one.
  var allowed: String?

  init(_ status: Int, _ detail: String) {
    self.status = status
    self.detail = detail
  }

  static func method(allowed: String) -> FileFailure {
    var failure = FileFailure(405, "Method Not Allowed")
    failure.allowed = allowed
    return failure
  }

  static let notAuthorized = FileFailure(401, "A valid key or upload token is required")
  static let notFound = FileFailure(404, "File not found")
  static let expired = FileFailure(410, "The file has expired")
  static let cutShort = FileFailure(400, "The body ended before it was whole")
  static let diskFull = FileFailure(507, "The server's disk is nearly full")
  static let busy = FileFailure(429, "Too many uploads are under way")
  static let badPermission = FileFailure(403, "The upload URL is not valid, or no longer")
}
