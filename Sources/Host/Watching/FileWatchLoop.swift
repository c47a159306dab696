import Glibc
import Platform

/// What the thread of a `FileWatcher` runs. Confined to that thread once it runs, hence unchecked.
final class FileWatchLoop: @unchecked Sendable {
  private let folder: String
  private let notices: Inotify
  private let clock = ContinuousClock()
  private var files: Set<String>
  private var rules: IgnoreRules
  /// Folders by the kernel's number.
  private var folders: [Int32: String] = [:]
  private var changed: [String] = []
  private var firstChange: ContinuousClock.Instant?
  private var lastChange: ContinuousClock.Instant?

  init(folder: String, files: Set<String>, notices: Inotify) {
    self.folder = folder
    self.files = files
    self.notices = notices
    rules = IgnoreRules(folder: folder)
  }

  func run(wake: WakePipe, orders: () -> WatchOrders.Orders, report: (FileChange) -> Void) {
    while true {
      var waits = [
        pollfd(fd: notices.descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: wake.readEnd, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&waits, 2, timeLeft) >= 0 || errno == EINTR else { return }
      if waits[1].revents != 0 { wake.drain() }
      let order = orders()
      guard !order.isClosed else { return }
      if let files = order.files {
        self.files = files
        arm()
      }
      if waits[0].revents != 0 {
        guard let notices = notices.read() else { return }
        take(notices)
      }
      if let change = changeThatIsDue() { report(change) }
    }
  }

  /// Watches every folder that holds a file, and for one that is not there, the nearest folder above it that is.
  /// Watching a folder twice is the same watch, so that this may be called at any time.
  func arm() {
    var wanted: Set<String> = [folder]
    for file in files where wanted.count < FileWatcher.foldersMax { wanted.insert(Self.parent(of: file)) }
    folders = [:]
    for var folder in wanted {
      while true {
        if let watch = notices.watch(folder) {
          folders[watch] = folder
          break
        }
        guard folder != "/" else { break }
        folder = Self.parent(of: folder)
      }
    }
  }

  private static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
    return String(path[..<slash])
  }

  /// Milliseconds until a change is due; -1: there is none.
  private var timeLeft: Int32 {
    guard let firstChange, let lastChange else { return -1 }
    let due = min(lastChange + FileWatcher.quietTime, firstChange + FileWatcher.waitMax)
    let left = due - clock.now
    return left > .zero ? Int32(left / .milliseconds(1)) + 1 : 0
  }

  private func changeThatIsDue() -> FileChange? {
    guard timeLeft == 0, let trigger = changed.first else { return nil }
    defer {
      changed = []
      firstChange = nil
      lastChange = nil
    }
    return FileChange(trigger: trigger, files: changed)
  }

  private func take(_ notices: [Inotify.Notice]) {
    for notice in notices {
      if notice.isOverflow {
        for file in files.sorted() { note(file) }
      } else if let folder = folders[notice.watch] {
        let path = folder == "/" ? "/" + notice.name : folder + "/" + notice.name
        if path == self.folder + "/" + IgnoreRules.fileName { rules = IgnoreRules(folder: self.folder) }
        if isOfInterest(path) { note(path) }
      }
    }
    guard notices.contains(where: { $0.changesFolders || $0.isOverflow }) else { return }
    // A folder came or went, perhaps with files in it: those that are there now, or were, have changed.
    let before = Set(folders.values)
    arm()
    let moved = Set(folders.values).symmetricDifference(before)
    for file in files.sorted() where moved.contains(Self.parent(of: file)) { note(file) }
  }

  private func isOfInterest(_ path: String) -> Bool {
    guard path.hasPrefix(folder + "/") else { return files.contains(path) }
    guard !rules.ignores(String(path.dropFirst(folder.count + 1))) else { return false }
    return files.contains(path) || path.hasSuffix(".lua")
  }

  private func note(_ path: String) {
    lastChange = clock.now
    if firstChange == nil { firstChange = lastChange }
    if !changed.contains(path) { changed.append(path) }
  }
}
