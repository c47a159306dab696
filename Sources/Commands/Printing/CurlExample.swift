import AppModel

/// A call of an app that works as it stands when pasted into a shell.
struct CurlExample: Sendable, Hashable {
  /// Base address of the app, without a slash at the end.
  var url: String
  var program: AppDefinition.Program
  /// A header as a word of a shell, quotes and all: `'authorization: Key …'`. nil where anyone may call.
  var header: String?
  /// File of certificates to trust, of an HTTPS server; nil: those that curl trusts anyway.
  var roots: String?

  var text: String {
    let header = header.map { " -H \($0)" } ?? ""
    let curl = "curl" + (roots.map { url.hasPrefix("https:") ? " --cacert \(ShellWord.quoted($0))" : "" } ?? "")
    switch program {
    case .command: return "\(curl)\(header) \(url)/"
    case .endpoints(let endpoints):
      let usual = endpoints.filter { $0.realtime == nil }
      guard let first = usual.first(where: { $0.path == "/" }) ?? usual.first else { return socket(endpoints.first, header) }
      let path = first.path == "/" ? "" : first.path
      return "\(curl)\(first.stream ? " -N" : "")\(header) \(url)\(path) -d '\(input(of: first))'"
    }
  }

  /// curl does not speak websocket.
  private func socket(_ endpoint: Endpoint?, _ header: String) -> String {
    let address = url.hasPrefix("https:") ? "wss:" + url.dropFirst("https:".count) : "ws:" + url.dropFirst("http:".count)
    return "websocat\(header) \(address)\(endpoint?.path ?? "")"
  }

  /// As it stands in single quotes of a shell.
  private func input(of endpoint: Endpoint?) -> String {
    (endpoint?.example ?? "{}").replacing("'", with: #"'\''"#)
  }
}
