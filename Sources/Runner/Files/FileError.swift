import Glibc
import Platform

/// Why a script cannot use a file.
enum FileError: Error, CustomStringConvertible {
  case outside(path: String)
  case missing(path: String, inBundle: Bool)
  case readOnly(path: String)
  case notAFile(path: String)
  case tooLarge(path: String, limit: Int)
  /// Folders hold more names than a script gets at once.
  case tooMany(path: String, limit: Int)
  case noMount(path: String, mounts: [String])
  case system(path: String, code: Int32)

  /// The error for `-errno` of opening `path`.
  init(path: String, code: Int32, inBundle: Bool) {
    switch code {
    case EXDEV, ELOOP: self = .outside(path: path)
    case ENOENT, ENOTDIR: self = .missing(path: path, inBundle: inBundle)
    default: self = .system(path: path, code: code)
    }
  }

  var description: String {
    switch self {
    case .outside(let path): "'\(path)' leads out of its folder"
    case .missing(let path, true): "'\(path)' is not in the bundle; if it is beside the script, add it to files = { … }"
    case .missing(let path, false): "'\(path)' does not exist"
    case .readOnly(let path): "'\(path)' is in the bundle, which cannot be written to; write below a data mount, such as /data"
    case .notAFile(let path): "'\(path)' is not a regular file"
    case .tooLarge(let path, let limit): "'\(path)' is larger than \(limit) bytes"
    case .tooMany(let path, let limit): "'\(path)' holds more than \(limit) names"
    case .noMount(let path, let mounts) where mounts.isEmpty: "'\(path)' is absolute, and this app has no data mounts here"
    case .noMount(let path, let mounts): "'\(path)' is not below a data mount (\(mounts.joined(separator: ", ")))"
    case .system(let path, let code): "'\(path)': \(SystemError.reason(of: code))"
    }
  }
}
