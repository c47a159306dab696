import Gateway
import Glibc

/// Looks whether a port is free before anything is started on its account.
enum PortCheck {
  /// Throws `portInUse`. Anything else is told by whoever listens in earnest.
  static func run(host: String, port: Int) throws(GatewayError) {
    guard port != 0, let family = family(of: host) else { return }
    let probe = socket(family, Int32(SOCK_STREAM.rawValue), 0)
    guard probe >= 0 else { return }
    defer { close(probe) }
    var reuse: Int32 = 1
    setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
    guard bind(probe, host, port, family) != 0, errno == EADDRINUSE else { return }
    throw .portInUse(host: host, port: port)
  }

  private static func family(of host: String) -> Int32? {
    var four = in_addr()
    var six = in6_addr()
    if inet_pton(AF_INET, host, &four) == 1 { return AF_INET }
    return inet_pton(AF_INET6, host, &six) == 1 ? AF_INET6 : nil
  }

  private static func bind(_ probe: Int32, _ host: String, _ port: Int, _ family: Int32) -> Int32 {
    if family == AF_INET {
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port)).bigEndian
      inet_pton(AF_INET, host, &address.sin_addr)
      return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          Glibc.bind(probe, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
    }
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    address.sin6_port = in_port_t(UInt16(truncatingIfNeeded: port)).bigEndian
    inet_pton(AF_INET6, host, &address.sin6_addr)
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.bind(probe, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
      }
    }
  }
}
