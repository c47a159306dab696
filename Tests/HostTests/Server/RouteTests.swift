import ControlAPI
import Testing

@testable import Host

@Suite struct RouteTests {
  @Test func everyOperationHasExactlyOneRoute() {
    let counted = Dictionary(grouping: RouteTable.routes, by: \.operation)
    #expect(Set(counted.keys) == Set(Operation.allCases))
    #expect(counted.values.allSatisfy { $0.count == 1 })
  }

  @Test(arguments: [
    (Operation.health, "GET", ControlPath.health), (.openAPI, "GET", ControlPath.document),
    (.status, "GET", ControlPath.status), (.stop, "POST", ControlPath.stop), (.nodes, "GET", ControlPath.nodes),
    (.gpus, "GET", ControlPath.gpus), (.blobsMissing, "POST", ControlPath.blobsMissing),
    (.putBlob, "PUT", ControlPath.blob("ab")), (.deploy, "POST", ControlPath.deploys), (.apps, "GET", ControlPath.apps),
    (.app, "GET", ControlPath.app("me", "a")), (.deleteApp, "DELETE", ControlPath.app("me", "a")),
    (.revisions, "GET", ControlPath.app("me", "a", .revisions)),
    (.deleteRevision, "DELETE", ControlPath.revision("me", "a", "a-1")),
    (.setRevision, "PUT", ControlPath.app("me", "a", .alias)), (.scale, "PATCH", ControlPath.app("me", "a", .settings)),
    (.replaceRunners, "POST", ControlPath.app("me", "a", .rollout)),
    (.appRunners, "GET", ControlPath.app("me", "a", .runners)), (.appGPUs, "GET", ControlPath.app("me", "a", .gpus)),
    (.history, "GET", ControlPath.app("me", "a", .history)),
    (.queue, "GET", ControlPath.app("me", "a", .queue)), (.flushQueue, "DELETE", ControlPath.app("me", "a", .queue)),
    (.runners, "GET", ControlPath.runners),
    (.stopRunner, "POST", ControlPath.runner("r", .stop)), (.killRunner, "POST", ControlPath.runner("r", .kill)),
    (.runnerLogs, "GET", ControlPath.runner("r", .logs)), (.environments, "GET", ControlPath.environments),
    (.createEnvironment, "POST", ControlPath.environments),
    (.deleteEnvironment, "DELETE", ControlPath.environment("dev")), (.users, "GET", ControlPath.users),
    (.createUser, "POST", ControlPath.users), (.deleteUser, "DELETE", ControlPath.user("bob")),
    (.keys, "GET", ControlPath.keys), (.createKey, "POST", ControlPath.keys),
    (.revokeKey, "DELETE", ControlPath.key("k")), (.whoAmI, "GET", ControlPath.whoAmI), (.usage, "GET", ControlPath.usage),
    (.webhooks, "GET", ControlPath.webhooks), (.retryWebhook, "POST", ControlPath.webhookRetry("r")),
    (.retryWebhooks, "POST", ControlPath.webhooksRetry),
  ])
  func whatClientsAskForIsServed(operation: Host.Operation, method: String, path: String) throws {
    #expect(try RouteMatch(method: method, target: path).route.operation == operation)
  }

  @Test func partsOfThePathAndTheQueryAreDecoded() throws {
    let match = try RouteMatch(
      method: "GET", target: "/v1/runners/a%2Fb/logs?search=a+b%3Dc&follow=true&last=")
    #expect(match.parameters["runner"] == "a/b")
    #expect(match.query == [.search: "a b=c", .follow: "true", .last: ""])
  }

  @Test(arguments: [
    ("GET", "/v1/nothing", 404, "unknown-path"), ("GET", "/", 404, "unknown-path"), ("GET", "", 404, "unknown-path"),
    ("DELETE", "/v1/status", 405, "method-not-allowed"), ("BREW", "/v1/apps", 405, "method-not-allowed"),
    ("GET", "/v1/apps/me/%zz", 400, "bad-encoding"), ("GET", "/v1/apps/me/%f", 400, "bad-encoding"),
    ("GET", "/v1/apps/me/%ff", 400, "bad-encoding"), ("GET", "/v1/apps/me/%00", 400, "bad-encoding"),
    ("GET", "/v1/apps?environment=%", 400, "bad-encoding"), ("GET", "/v1/apps?enviroment=a", 400, "unknown-query"),
    ("GET", "/v1/status?since=1", 400, "unknown-query"),
  ])
  func whatIsNotServedIsSaid(method: String, target: String, status: Int, code: String) {
    let failure = #expect(throws: APIFailure.self) { try RouteMatch(method: method, target: target) }
    #expect(failure?.status == status)
    #expect(failure?.problem.code == code)
  }

  @Test(arguments: [("since", "x"), ("since", "nan"), ("last", "-1"), ("last", "1.5"), ("follow", "maybe")])
  func aQueryThatMakesNoSenseIsRefused(name: String, value: String) throws {
    let match = try RouteMatch(method: "GET", target: "/v1/runners/r/logs?\(name)=\(value)")
    let request = APIRequest(match: match, body: .init(buffer: .init()))
    let failure = #expect(throws: APIFailure.self) {
      _ = try (request.seconds(.since), request.count(.last, max: 100), request.flag(.follow))
    }
    #expect(failure?.status == 400)
  }
}
