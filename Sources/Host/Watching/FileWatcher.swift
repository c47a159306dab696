import Glibc
public import Platform

/// Watches a script and the files of its bundle, and says what changed once all is quiet.
///
/// It watches folders, not files: editors save by writing another file and renaming it over the old one. Only the files
/// named in `watch`, and Lua files that appear beside them (a module that was missing), count; what an app writes of
/// its own into its folder does not reload it.
public final class FileWatcher: Sendable {
  /// How long it must be quiet before a change is reported: a save is several events.
  public static let quietTime = Duration.milliseconds(100)
  /// A change is reported after this long although it is not quiet yet.
  public static let waitMax = Duration.seconds(2)
  /// Folders that are watched; the kernel's own limit is far above.
  static let foldersMax = 1024
  /// Changes that nobody has taken yet; older ones are dropped, since the newest is enough to load again.
  static let changesMax = 16

  /// One element for every burst of changes. Ends with `close`, or when the kernel refuses to go on.
  public let changes: AsyncStream<FileChange>
  private let continuation: AsyncStream<FileChange>.Continuation
  private let wake: WakePipe
  private let orders = WatchOrders()

  /// Watches `files`, given by their absolute paths. Those below `folder` are subject to its `.apoluneignore`.
  public init(folder: String, files: Set<String>) throws(SystemError) {
    wake = try WakePipe()
    let notices = try Inotify()
    (changes, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.changesMax))
    let root = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    let loop = FileWatchLoop(folder: root, files: files, notices: notices)
    // The loop must watch before this returns: a save right afterwards counts.
    loop.arm()
    let started = OwnThread.start { [wake, orders, continuation] in
      loop.run(wake: wake, orders: { orders.take() }, report: { continuation.yield($0) })
      continuation.finish()
    }
    guard started else { throw SystemError("pthread_create", EAGAIN) }
  }

  deinit { close() }

  /// Watches these files from now on instead.
  public func watch(_ files: Set<String>) {
    orders.set(files: files)
    wake.ring()
  }

  /// Ends the watching and the stream.
  public func close() {
    orders.close()
    wake.ring()
  }
}
