import CPlatform
import Glibc
import Platform

/// The folder of one host process, under a lock that dies with it.
///
/// `<base>/<name>/` holds `lock` and `runners/<id>/`. An ephemeral host's is called `run-<pid>-<random>`: if its lock is free,
/// it belongs to a host that is gone, and the next one removes it. A server's has a fixed name and is its successor's alone.
struct RunFolder {
  private static let sweptPrefix = "run-"
  /// Longer names would not leave enough of a socket's path.
  private static let nameMax = 32

  let base: String
  let name: String
  /// Whether what is in it outlives its host.
  let isKept: Bool
  private let lock: Int32

  var path: String { "\(base)/\(name)" }

  /// `$XDG_RUNTIME_DIR/apolune`, or `/tmp/apolune-<uid>` where there is none.
  static func standardBase() -> String {
    if let runtime = getenv("XDG_RUNTIME_DIR").map({ String(cString: $0) }), runtime.hasPrefix("/") {
      return "\(runtime)/apolune"
    }
    return "/tmp/apolune-\(getuid())"
  }

  /// Removes what ephemeral hosts that are gone left below the base, and makes or takes a folder for this one.
  static func create(
    for keeping: Keeping, sweep: (_ name: String, _ path: String) -> Void
  ) throws(ProviderFailure) -> RunFolder {
    let base = keeping.base ?? standardBase()
    do {
      try Folder.make(base)
      try checkPrivate(base)
      // Nobody sweeps while a folder exists that is not locked yet.
      let gate = try openLock("\(base)/lock")
      defer { close(gate) }
      try take(gate, wait: true)
      for name in Folder.entries(base) where name.hasPrefix(sweptPrefix) { sweepIfLeft(name, in: base, sweep) }
      return try make(keeping, in: base)
    } catch let failure as ProviderFailure {
      throw failure
    } catch {
      throw ProviderFailure(code: "folder-not-usable", message: "\(error)")
    }
  }

  private static func make(_ keeping: Keeping, in base: String) throws -> RunFolder {
    let name: String
    let isKept: Bool
    switch keeping {
    case .nothing:
      (name, isKept) = ("\(sweptPrefix)\(getpid())-\(UInt32.random(in: 0..<(1 << 30)))", false)
    case .runners(let given, _):
      guard FolderName.isUsable(given, max: nameMax), !given.hasPrefix(sweptPrefix) else {
        throw ProviderFailure(code: "folder-not-usable", message: "'\(given)' cannot name a server's folder")
      }
      (name, isKept) = (given, true)
    }
    try Folder.make("\(base)/\(name)")
    try checkPrivate("\(base)/\(name)")
    try Folder.make("\(base)/\(name)/runners")
    let lock = try openLock("\(base)/\(name)/lock")
    let result = platform_lock(lock, 0)
    guard result == 0 else {
      close(lock)
      guard result == -EWOULDBLOCK else { throw SystemError("cannot lock \(base)/\(name)", -result) }
      throw ProviderFailure(code: "folder-in-use", message: "another server has the runners in \(base)/\(name)")
    }
    return RunFolder(base: base, name: name, isKept: isKept, lock: lock)
  }

  func remove() {
    // What cannot be removed now is swept by the next host.
    _ = platform_remove_tree(path)
    release()
  }

  /// Lets the successor have it, with all that is in it.
  func release() { close(lock) }

  /// `/tmp` is everybody's: the folder must be ours alone, and no link.
  private static func checkPrivate(_ path: String) throws(SystemError) {
    var info = stat()
    guard lstat(path, &info) == 0 else { throw SystemError("cannot look at \(path)") }
    let isOurs = info.st_uid == getuid() && info.st_mode & S_IFMT == S_IFDIR
    guard isOurs else { throw SystemError("\(path) is not a folder of this user", EPERM) }
    guard info.st_mode & 0o077 == 0 || chmod(path, 0o700) == 0 else { throw SystemError("cannot close \(path) to others") }
  }

  private static func openLock(_ path: String) throws(SystemError) -> Int32 {
    let fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard fd >= 0 else { throw SystemError("cannot open \(path)") }
    return fd
  }

  private static func take(_ lock: Int32, wait: Bool) throws(SystemError) {
    let result = platform_lock(lock, wait ? 1 : 0)
    guard result == 0 else { throw SystemError("cannot lock", -result) }
  }

  private static func sweepIfLeft(_ name: String, in base: String, _ sweep: (String, String) -> Void) {
    let path = "\(base)/\(name)"
    guard let lock = try? openLock("\(path)/lock") else { return }
    defer { close(lock) }
    guard platform_lock(lock, 0) == 0 else { return }
    for runner in Folder.entries("\(path)/runners") {
      guard let text = try? SmallFile.read("\(path)/runners/\(runner)/process") else { continue }
      RunnerRecord.process(text: text)?.killGroup()
    }
    sweep(name, path)
    _ = platform_remove_tree(path)
  }
}
