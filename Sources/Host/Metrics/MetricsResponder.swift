import Access
import Engine
import EngineCore
import Gateway
import HTTPTypes
import Hummingbird
import NIOCore

/// Answers `GET /metrics` with Prometheus's text format.
///
/// Always takes a key that may read: names of apps are nobody else's business, and a proxy in front makes the whole world
/// come from this machine. The server's owner is told everything, everybody else of their own apps.
struct MetricsResponder: Sendable {
  var keyring: LiveKeyring
  var server: ServerFacts
  var gateway: Gateway
  var engine: Engine
  var usage: UsageMeter
  var accessLog: AccessLog?

  func respond(to request: Request) async -> Response {
    guard request.method == .get || request.method == .head else {
      return failure(APIFailure(405, "method-not-allowed", "/metrics is read with GET"))
    }
    do throws(APIFailure) {
      let key = try Operation.Need.own(.read).check(
        keyring.verify(authorization: request.headers[.authorization]), owner: server.owner)
      let page = await page(for: key?.user == server.owner ? nil : key?.user ?? "")
      return Response(
        status: .ok, headers: [.contentType: MetricsText.contentType, .cacheControl: "no-store"],
        body: ResponseBody { writer in
          try await page.write { try await writer.write(ByteBuffer(bytes: $0)) }
          try await writer.finish(nil)
        })
    } catch {
      return failure(error)
    }
  }

  /// - Parameter owner: whose apps; nil: all, and the server's own figures.
  func page(for owner: String?) async -> MetricsPage {
    let apps = await gateway.appFigures().filter { owner == nil || $0.app.owner == owner }.sorted { $0.app < $1.app }
    return MetricsPage(
      apps: apps, runners: RunnerMetrics(await engine.view, owner: owner), server: owner == nil ? await own() : nil)
  }

  private func own() async -> ServerMetrics? {
    guard let figures = await gateway.figures() else { return nil }
    return ServerMetrics(
      version: server.version, startedAt: server.startedAt.secondsSince1970, gateway: figures, process: .now(),
      usageLost: usage.lost, accessLinesLost: accessLog?.lost ?? 0)
  }

  private func failure(_ failure: APIFailure) -> Response {
    let problem = failure.problem
    let text = problem.message + (problem.fix.map { "; \($0)" } ?? "") + "\n"
    var headers: HTTPFields = [.contentType: "text/plain; charset=utf-8"]
    if failure.status == 401 { headers[.wwwAuthenticate] = "Key" }
    return Response(
      status: .init(code: failure.status), headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }
}
