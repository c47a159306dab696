import ControlAPI
import EngineCore

extension ControlService {
  func deploy(_ request: APIRequest) async throws -> APIAnswer {
    let wanted = try await request.json(DeployRequest.self)
    try await checkEnvironment(wanted.environment)
    if let problem = await engine.problem { throw APIFailure(503, "journal-failed", "nothing was changed: \(problem)") }
    let prepared = try await deploys.prepare(wanted)
    return Self.lines(deploys.reached(at: request.base).run(prepared))
  }

  func setRevision(_ request: APIRequest) async throws -> APIAnswer {
    let change = try await request.json(AliasChange.self)
    let app = try await known(request.appID)
    let revision = try Self.revision(change.revision, of: app)
    return Self.lines(deploys.reached(at: request.base).setRevision(app.id, to: revision.id, change, of: revision))
  }

  /// The revision, or 404.
  static func revision(_ id: String, of app: AppState) throws -> Revision {
    if let revision = app.revision(RevisionID(id)) { return revision }
    let names = app.revisions.suffix(revisionsShown).map(\.id.text)
    throw APIFailure(
      404, "revision-not-found", "\(app.id) has no revision '\(id)'",
      fix: names.isEmpty ? nil : "there are \(names.joined(separator: ", "))")
  }

  /// Names in the hint of an error.
  private static let revisionsShown = 8

  private static func lines(_ events: AsyncStream<DeployEvent>) -> APIAnswer {
    .lines { lines in for await event in events { try await lines.send(event) } }
  }
}
