import AppModel
import AppScript
import ControlAPI

/// What a deploy may be at most.
enum DeployLimits {
  /// Characters of a message.
  static let messageMax = 2048
  static let annotationsMax = 32
  /// Characters of a key.
  static let annotationKeyMax = 64
  /// Bytes of all annotations, keys and values.
  static let annotationBytesMax = 16_384
  /// Names that the server itself gives to annotations.
  static let annotationsReserved: Set<String> = ["openapi", "message", "annotations"]
  /// Bytes of a path.
  static let pathMax = 1024
}

extension DeployRequest {
  /// Throws what is wrong with the request itself, before anything is looked up. 413 where it is too much, else 422.
  func check(_ limits: ServerConfiguration.Limits = .init()) throws(APIFailure) {
    try checkFiles(limits)
    try checkTexts()
    if let name { try Self.check(name: name, as: "the app's name") }
    if let gpuCount, !(1...64).contains(gpuCount) {
      throw APIFailure(422, "out-of-range", "num_gpus cannot be \(gpuCount)", fix: "it can be 1 to 64")
    }
  }

  static func check(name: String, as what: String) throws(APIFailure) {
    guard let problem = TextRule.name.problem(with: name, name: what) else { return }
    throw APIFailure(422, problem.code, problem.message, fix: problem.fix)
  }

  private func checkFiles(_ limits: ServerConfiguration.Limits) throws(APIFailure) {
    guard files.count <= BundleManifest.filesMax else {
      throw APIFailure(
        413, "too-many-files", "the bundle has \(files.count) files",
        fix: "at most \(BundleManifest.filesMax) are allowed; narrow 'files', or use 'files_ignore'")
    }
    var seen: Set<String> = []
    var size: Int64 = 0
    for file in files {
      try Self.check(file)
      guard seen.insert(file.path).inserted else {
        throw APIFailure(422, "duplicate-file", "the bundle has '\(file.path)' twice")
      }
      let (sum, isTooMuch) = size.addingReportingOverflow(Int64(file.size))
      size = isTooMuch ? .max : sum
    }
    for path in seen {
      guard let folder = Self.folders(of: path).first(where: seen.contains) else { continue }
      throw APIFailure(422, "bad-path", "'\(folder)' is a file of the bundle, and the folder of '\(path)' too")
    }
    let largest = files.max { $0.size < $1.size }
    if let largest, Int64(largest.size) > limits.file.bytes {
      throw APIFailure(
        413, "file-too-large", "'\(largest.path)' has \(largest.size / 1_048_576) MB",
        fix: "at most \(limits.file) are allowed; keep large data in a mount such as /data")
    }
    guard size <= limits.bundle.bytes else {
      let hint = largest.map { "; the largest is '\($0.path)' with \($0.size / 1_048_576) MB" } ?? ""
      throw APIFailure(
        413, "bundle-too-large", "the bundle has \(size / 1_048_576) MB\(hint)",
        fix: "at most \(limits.bundle) are allowed; keep large data in a mount such as /data")
    }
    guard seen.contains(script) else {
      throw APIFailure(422, "script-missing", "the script '\(script)' is not among the files")
    }
  }

  private static func check(_ file: File) throws(APIFailure) {
    let parts = file.path.split(separator: "/", omittingEmptySubsequences: false)
    let isInside = !parts.contains { $0.isEmpty || $0 == "." || $0 == ".." }
    guard isInside, file.path.utf8.count <= DeployLimits.pathMax, !file.path.utf8.contains(0),
      parts.allSatisfy({ $0.utf8.count <= 255 })
    else {
      throw APIFailure(
        422, "bad-path", "'\(file.path.prefix(256))' cannot be the path of a file in a bundle",
        fix: "paths are relative, with / between their parts and without '..'")
    }
    guard BlobHash.isValid(file.hash) else {
      throw APIFailure(422, "bad-hash", "'\(file.path)' has no SHA-256 of 64 hex digits")
    }
    guard file.size >= 0 else { throw APIFailure(422, "bad-size", "'\(file.path)' has \(file.size) bytes") }
  }

  /// `a` and `a/b` of `a/b/c`.
  private static func folders(of path: String) -> [String] {
    path.indices.filter { path[$0] == "/" }.map { String(path[..<$0]) }
  }

  private func checkTexts() throws(APIFailure) {
    if let message, message.count > DeployLimits.messageMax {
      throw APIFailure(
        422, "message-too-long", "the message has \(message.count) characters",
        fix: "at most \(DeployLimits.messageMax) are allowed")
    }
    guard annotations.count <= DeployLimits.annotationsMax else {
      throw APIFailure(
        422, "too-many-annotations", "there are \(annotations.count) annotations",
        fix: "at most \(DeployLimits.annotationsMax) are allowed")
    }
    var bytes = 0
    for (key, value) in annotations {
      bytes += key.utf8.count + value.utf8.count
      guard !key.isEmpty, key.count <= DeployLimits.annotationKeyMax else {
        throw APIFailure(
          422, "bad-annotation", "'\(key.prefix(80))' cannot be the key of an annotation",
          fix: "keys have 1 to \(DeployLimits.annotationKeyMax) characters")
      }
      guard !DeployLimits.annotationsReserved.contains(key) else {
        throw APIFailure(422, "reserved-annotation", "the annotation '\(key)' is the server's own", fix: "choose another key")
      }
    }
    guard bytes <= DeployLimits.annotationBytesMax else {
      throw APIFailure(
        422, "annotations-too-large", "the annotations have \(bytes) bytes",
        fix: "at most \(DeployLimits.annotationBytesMax) are allowed together")
    }
  }
}

/// SHA-256 in hex, as contents are named.
enum BlobHash {
  static func isValid(_ text: String) -> Bool {
    text.utf8.count == 64
      && text.utf8.allSatisfy {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
      }
  }
}
