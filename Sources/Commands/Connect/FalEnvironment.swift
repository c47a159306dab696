import ControlAPI

/// The environment that points an unmodified client of fal at a server.
///
/// Calls go to its own address; what the client knows under fixed names only, uploads and tokens, comes through the plain
/// listener, which is a proxy for programs on this machine.
struct FalEnvironment: Sendable, Hashable {
  struct Variable: Sendable, Hashable {
    var name: String
    var value: String
  }

  /// In the order in which they are printed.
  private(set) var variables: [Variable] = []
  /// What a person should know of them.
  private(set) var notes: [String] = []

  /// What is known of the server and of whoever will call it.
  struct Facts: Sendable {
    /// How the command itself reached the server.
    var location: ServerLocation
    /// The plain listener, where the server says it is.
    var url: String
    var tls: TLSInfo
    /// `id:secret`
    var key: String
    /// Certificates that the command was told to trust; nil: the system's.
    var roots: String?
    var environment: [String: String]
  }

  /// A certificate for these too lets uploads and tokens through.
  private static let fixedNames = ["rest.fal.ai", "v3.fal.media"]

  init(_ facts: Facts) {
    let authority = Self.authority(facts)
    set("FAL_KEY", facts.key)
    set("FAL_RUN_HOST", authority)
    // The client puts a path behind it: one listener tells calls and queue apart by this prefix.
    set("FAL_QUEUE_RUN_HOST", authority + "/queue")
    if let roots = facts.location.isOwn ? facts.tls.bundle ?? facts.roots : facts.roots { set("SSL_CERT_FILE", roots) }
    if let reason = Self.proxyHindrance(facts) {
      notes.append("uploads and realtime tokens still go to fal: \(reason)")
    } else {
      setProxy(facts)
    }
  }

  private mutating func set(_ name: String, _ value: String) { variables.append(Variable(name: name, value: value)) }

  /// `export NAME=value`, a line each.
  var text: String { variables.map { "export \($0.name)=\(ShellWord.quoted($0.value))\n" }.joined() }

  /// Host and port of the TLS listener, as this machine sees it.
  private static func authority(_ facts: Facts) -> String {
    if facts.location.isOwn { return bare(facts.tls.url) }
    return facts.location.isSecure ? bare(facts.location.url) : "\(bracketed(facts.location.host)):\(facts.tls.port)"
  }

  private static func bare(_ url: String) -> String {
    url.split(separator: "/").last.map(String.init) ?? url
  }

  private static func bracketed(_ host: String) -> String {
    host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
  }

  /// Why the server cannot be the client's proxy; nil: it can.
  private static func proxyHindrance(_ facts: Facts) -> String? {
    guard facts.location.isOwn else { return "only programs on the server's own machine may use it as their proxy" }
    guard isLoopback(facts.url) else { return "its plain listener, \(facts.url), is not on loopback" }
    guard fixedNames.allSatisfy(facts.tls.names.contains) else {
      return "the server's certificate is not for \(fixedNames.joined(separator: " and "))"
    }
    return nil
  }

  private static func isLoopback(_ url: String) -> Bool {
    ["http://127.", "http://localhost:", "http://[::1]:"].contains { url.hasPrefix($0) }
  }

  private mutating func setProxy(_ facts: Facts) {
    let old = facts.environment["https_proxy"] ?? facts.environment["HTTPS_PROXY"] ?? ""
    if !old.isEmpty, old != facts.url { notes.append("the proxy \(Self.withoutUser(old)) is not used any more") }
    let direct = Self.direct(facts.environment["no_proxy"] ?? facts.environment["NO_PROXY"] ?? "")
    for (name, value) in [("HTTPS_PROXY", facts.url), ("NO_PROXY", direct)] {
      set(name, value)
      // Where both are set, most programs take the one in lower case.
      if facts.environment[name.lowercased()] != nil { set(name.lowercased(), value) }
    }
  }

  /// Hosts that need no proxy: those of before, and this machine.
  private static func direct(_ known: String) -> String {
    let known = known.split(separator: ",").map { String($0.filter { !$0.isWhitespace }) }.filter { !$0.isEmpty }
    return (known + ["localhost", "127.0.0.1"].filter { !known.contains($0) }).joined(separator: ",")
  }

  /// A proxy's address may hold a password.
  private static func withoutUser(_ url: String) -> String {
    guard let at = url.lastIndex(of: "@") else { return url }
    return String(url[url.index(after: at)...])
  }
}
