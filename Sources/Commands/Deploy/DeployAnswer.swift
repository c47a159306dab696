import ControlAPI

/// What `--json` says of a deploy, one line an app.
struct DeployAnswer: Encodable, Sendable, Hashable {
  var owner: String
  var app: String
  var revision: String
  var url: String
  var status: DeployResult.Status
  var environment: String
  var auth: String

  init(_ result: DeployResult) {
    owner = result.owner
    app = result.app
    revision = result.revision
    url = result.url
    status = result.status
    environment = result.environment
    auth = result.auth
  }
}
