import AppModel
import FoundationEssentials
import Host

/// Which server a command speaks to, and who said so.
struct ServerLocation: Sendable, Hashable {
  enum Origin: Sendable, Hashable {
    /// `--server`
    case flag
    /// `$APOLUNE_SERVER`
    case variable
    /// The profile, a file of this path.
    case profile(String)
    /// The data folder: a server runs on it.
    case record
    /// Nobody: the usual address.
    case usual
  }

  static let variable = "APOLUNE_SERVER"
  /// A longer profile is none of ours: it holds one address.
  private static let profileBytesMax = 4_096

  /// `http://host:port`, without a slash at the end.
  let url: String
  let host: String
  let origin: Origin

  /// `--server`, else `$APOLUNE_SERVER`, else the profile, else the server that runs on `folder`, else the usual address.
  ///
  /// - Throws: `CommandError` for what is no address.
  static func find(
    named: String?, folder: DataFolder, environment: [String: String]
  ) throws(CommandError) -> ServerLocation {
    if let named { return try ServerLocation(named, .flag) }
    if let named = environment[variable], !named.isEmpty { return try ServerLocation(named, .variable) }
    let profile = profilePath(environment)
    if let named = profiled(profile) { return try ServerLocation(named, .profile(profile)) }
    if let record = ServerRecord.read(in: folder) { return try ServerLocation(record.url, .record) }
    return try ServerLocation("\(ListenAddress.named(environment) ?? .standard)", .usual)
  }

  /// A host with a port, or a whole address; `http` where no scheme is said.
  init(_ text: String, _ origin: Origin) throws(CommandError) {
    var address = text.contains("://") ? text : "http://" + text
    while address.hasSuffix("/") { address.removeLast() }
    guard let url = URL(string: address), let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme),
      let host = url.host(), !host.isEmpty, url.query() == nil, url.path().isEmpty
    else {
      throw CommandError(
        "server-address", "'\(text)' \(Self.whence(origin)) is no address of a server",
        fix: "write http://HOST:PORT or https://HOST:PORT")
    }
    self.url = address
    self.host = host
    self.origin = origin
  }

  /// Whether it is spoken to over TLS.
  var isSecure: Bool { url.lowercased().hasPrefix("https:") }

  /// Whether a person chose it. Only where nobody did may a command start a server of its own.
  var isNamed: Bool { origin != .record && origin != .usual }

  /// Whether it runs on this machine. Only then is the key of the data folder sent: a stranger must not get it.
  var isOwn: Bool {
    let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
    return origin == .record || bare == "localhost" || bare == "::1" || Self.isLoopback(bare)
  }

  /// `127.0.0.1` and its like, in numbers only: a name may begin with `127.` and be anybody's.
  private static func isLoopback(_ host: String) -> Bool {
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  /// `(from $APOLUNE_SERVER)`
  var whence: String { Self.whence(origin) }

  private static func whence(_ origin: Origin) -> String {
    switch origin {
    case .flag: "(from --server)"
    case .variable: "(from $\(variable))"
    case .profile(let path): "(from \(path))"
    case .record: "(from the data folder)"
    case .usual: "(the usual address)"
    }
  }

  static func profilePath(_ environment: [String: String]) -> String {
    if let folder = environment["XDG_CONFIG_HOME"], folder.hasPrefix("/") { return folder + "/apolune/profile" }
    return UserFolder.home(environment) + "/.config/apolune/profile"
  }

  private static func profiled(_ path: String) -> String? {
    guard let data = FileManager.default.contents(atPath: path), data.count <= profileBytesMax else { return nil }
    let line = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).first
    return line.map { $0.filter { !$0.isWhitespace } }.flatMap { $0.isEmpty ? nil : $0 }
  }
}
