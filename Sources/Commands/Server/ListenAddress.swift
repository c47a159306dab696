import ArgumentParser
import ControlAPI

/// `HOST:PORT`; port 0 takes any that is free.
struct ListenAddress: Sendable, Hashable, ExpressibleByArgument {
  var host: String
  var port: Int

  init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  init?(argument: String) {
    guard let colon = argument.lastIndex(of: ":") else { return nil }
    var host = argument[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      // Which colon would be the port's cannot be told.
      return nil
    }
    let digits = argument[argument.index(after: colon)...]
    guard !host.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(digits), port <= 65_535 else {
      return nil
    }
    self.init(host: String(host), port: port)
  }

  /// Names the address where this machine's server listens, in place of the usual one.
  static let variable = "APOLUNE_LISTEN"

  static func usual(_ environment: [String: String]) -> ListenAddress {
    environment[variable].flatMap { ListenAddress(argument: $0) }
      ?? ListenAddress(host: ServerAddress.host, port: ServerAddress.port)
  }
}

extension ListenAddress: CustomStringConvertible {
  var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
