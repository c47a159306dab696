/// The parts of a request's target: `/{owner}/{app}[/path][?query]`.
struct RequestTarget: Hashable {
  enum Place: Hashable {
    /// `/health`: the gateway itself.
    case gatewayHealth
    /// `/v1` or below it: the control API, whoever answers it. `path` is as the client wrote it.
    case control(path: String)
    /// `key` is `owner/app`, as `AppID` describes itself; `path` begins with "/" and is as the client wrote it.
    case app(key: String, path: String)
    /// The queue of an app: below `queue/` on any host, or anywhere on the queue's own. `path` is what follows the key.
    case queue(key: String, path: String)
    /// fal's REST calls; only on a host of their own, except for `/.well-known/`. `path` is as the client wrote it.
    case rest(path: String)
    /// Stored files: below `files/` on any host, and anywhere on a host of their own.
    case files(path: String)
    case metrics
    /// Fewer than two segments.
    case nothing(path: String)
  }

  var place: Place
  /// With its question mark; empty when there is none.
  var query: String

  init(_ uri: String, role: HostRole = .run) {
    let target = Self.originForm(uri)
    let mark = target.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex
    let path = target[..<mark]
    query = String(Substring(target[mark...]))
    place = Self.place(path, role)
  }

  /// Without scheme and authority, which clients of a forward proxy send.
  private static func originForm(_ uri: String) -> Substring.UTF8View {
    let whole = Substring(uri).utf8
    guard whole.first != UInt8(ascii: "/"), uri.begins("http://") || uri.begins("https://") else { return whole }
    var slashes = 0
    for index in whole.indices where whole[index] == UInt8(ascii: "/") {
      slashes += 1
      if slashes == 3 { return whole[index...] }
    }
    return Substring("/").utf8
  }

  private static func place(_ path: Substring.UTF8View, _ role: HostRole) -> Place {
    let slash = UInt8(ascii: "/")
    let whole = String(Substring(path))
    guard path.first == slash else { return .nothing(path: whole) }
    let inner = path.dropFirst()
    if Substring(inner) == "health" { return .gatewayHealth }
    switch role {
    case .rest: return .rest(path: whole)
    case .files: return .files(path: whole)
    case .queue: return queue(inner) ?? .nothing(path: whole)
    case .run: break
    }
    switch Substring(inner.prefix { $0 != slash }) {
    case "v1": return .control(path: whole)
    case ".well-known": return .rest(path: whole)
    case "files": return .files(path: whole)
    case "metrics": return inner.elementsEqual("metrics".utf8) ? .metrics : .nothing(path: whole)
    case "queue": return queue(inner.dropFirst("queue/".utf8.count)) ?? .nothing(path: whole)
    default: break
    }
    guard let (key, rest) = app(inner) else { return .nothing(path: whole) }
    return .app(key: key, path: rest)
  }

  private static func queue(_ inner: Substring.UTF8View) -> Place? {
    app(inner).map { .queue(key: $0.key, path: $0.path) }
  }

  /// `owner/app[/path]`; the path is "/" where there is none.
  private static func app(_ inner: Substring.UTF8View) -> (key: String, path: String)? {
    let slash = UInt8(ascii: "/")
    guard let first = inner.firstIndex(of: slash), first > inner.startIndex else { return nil }
    let name = inner[inner.index(after: first)...]
    let end = name.firstIndex(of: slash) ?? name.endIndex
    guard end > name.startIndex else { return nil }
    let rest = name[end...]
    return (String(Substring(inner[..<end])), rest.isEmpty ? "/" : String(Substring(rest)))
  }
}
