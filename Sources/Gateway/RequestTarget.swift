/// The parts of a request's target: `/{owner}/{app}[/path][?query]`.
struct RequestTarget: Hashable {
  enum Place: Hashable {
    /// `/health`: the gateway itself.
    case gatewayHealth
    /// `/v1` or below it: the control API, whoever answers it. `path` is as the client wrote it.
    case control(path: String)
    /// `key` is `owner/app`, as `AppID` describes itself; `path` begins with "/" and is as the client wrote it.
    case app(key: String, path: String)
    /// Fewer than two segments.
    case nothing(path: String)
  }

  /// No owner has this name.
  private static let controlSegment = "v1"

  var place: Place
  /// With its question mark; empty when there is none.
  var query: String

  init(_ uri: String) {
    let target = Self.originForm(uri)
    let mark = target.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex
    let path = target[..<mark]
    query = String(Substring(target[mark...]))
    place = Self.place(path)
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

  private static func place(_ path: Substring.UTF8View) -> Place {
    let slash = UInt8(ascii: "/")
    guard path.first == slash else { return .nothing(path: String(Substring(path))) }
    let inner = path.dropFirst()
    if Substring(inner) == "health" { return .gatewayHealth }
    if Substring(inner.prefix { $0 != slash }) == controlSegment { return .control(path: String(Substring(path))) }
    guard let first = inner.firstIndex(of: slash), first > inner.startIndex else {
      return .nothing(path: String(Substring(path)))
    }
    let name = inner[inner.index(after: first)...]
    let end = name.firstIndex(of: slash) ?? name.endIndex
    guard end > name.startIndex else { return .nothing(path: String(Substring(path))) }
    let rest = name[end...]
    return .app(key: String(Substring(inner[..<end])), path: rest.isEmpty ? "/" : String(Substring(rest)))
  }
}
