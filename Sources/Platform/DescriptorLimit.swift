import Glibc

/// How many descriptors this process may have.
public enum DescriptorLimit {
  /// Raises it as far as this user may: shells and old service files give 1024, which is no limit for a server.
  ///
  /// - Returns: the limit from now on.
  public static func raise() throws(SystemError) -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { throw SystemError("getrlimit") }
    if limit.rlim_cur < limit.rlim_max {
      limit.rlim_cur = limit.rlim_max
      guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { throw SystemError("setrlimit") }
    }
    return Int(clamping: limit.rlim_cur)
  }
}
