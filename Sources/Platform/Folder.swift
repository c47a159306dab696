import Glibc

/// Folders, without more than the system offers.
public enum Folder {
  /// Makes a folder; one that is there already will do.
  public static func make(_ path: String, mode: UInt32 = 0o700) throws(SystemError) {
    guard mkdir(path, mode) == 0 || errno == EEXIST else { throw SystemError("cannot make \(path)") }
  }

  /// Names in the folder, without `.` and `..`; none when it cannot be read.
  public static func entries(_ path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }
}
