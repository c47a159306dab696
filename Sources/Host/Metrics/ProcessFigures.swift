import Glibc

/// What the system says of this process.
struct ProcessFigures: Sendable, Hashable {
  var residentBytes = 0
  var virtualBytes = 0
  var cpuSeconds = 0.0
  var openDescriptors = 0
  var descriptorsMax = 0

  /// Of now. Reads a few small files; what cannot be read is 0.
  static func now() -> ProcessFigures {
    var figures = ProcessFigures()
    var usage = rusage()
    if getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 {
      figures.cpuSeconds = seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
    let pages = firstNumbers("/proc/self/statm")
    let page = sysconf(Int32(_SC_PAGESIZE))
    if pages.count >= 2 { (figures.virtualBytes, figures.residentBytes) = (pages[0] * page, pages[1] * page) }
    var limit = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
      figures.descriptorsMax = Int(clamping: limit.rlim_cur)
    }
    figures.openDescriptors = descriptorCount()
    return figures
  }

  private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }

  /// Without the one that is opened to count them, and the folder's own two entries.
  private static func descriptorCount() -> Int {
    guard let folder = opendir("/proc/self/fd") else { return 0 }
    defer { closedir(folder) }
    var entries = 0
    while readdir(folder) != nil { entries += 1 }
    return max(0, entries - 3)
  }

  private static func firstNumbers(_ path: String) -> [Int] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = read(file, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: " ").prefix(2).compactMap { Int($0) }
  }
}
