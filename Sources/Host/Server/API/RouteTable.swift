import ControlAPI

/// All routes of the control API.
enum RouteTable {
  static let routes: [Route] = server + deploys + apps + appParts + runners + environments + access + webhooks

  private static let server = [
    Route(
      operation: .health, method: .get, path: "/v1/health", answer: .json(ServerHealth.self),
      summary: "Whether the server answers."),
    Route(
      operation: .openAPI, method: .get, path: "/v1/openapi.json", answer: .document,
      summary: "This document."),
    Route(
      operation: .status, method: .get, path: "/v1/status", answer: .json(ServerStatus.self),
      summary: "The server, its data, and what is wrong with it."),
    Route(
      operation: .stop, method: .post, path: "/v1/stop", body: .json(ServerStop.self), answer: .none, status: 202,
      summary: "Ends the server; its runners live on for the next one, unless they are to end too."),
    Route(
      operation: .nodes, method: .get, path: "/v1/nodes", answer: .json(NodeList.self),
      summary: "The machines, what they have, and who holds it."),
    Route(
      operation: .gpus, method: .get, path: "/v1/gpus", answer: .json(GPUCounts.self),
      summary: "GPUs that runners hold, by machine type."),
  ]

  private static let deploys = [
    Route(
      operation: .blobsMissing, method: .post, path: "/v1/blobs/missing", body: .json(BlobsWanted.self),
      answer: .json(BlobsMissing.self), summary: "Which contents the server does not have yet."),
    Route(
      operation: .putBlob, method: .put, path: "/v1/blobs/{hash}", body: .content, answer: .none, status: 204,
      summary: "Stores a content under its SHA-256."),
    Route(
      operation: .deploy, method: .post, path: "/v1/deploys", body: .json(DeployRequest.self),
      answer: .lines(DeployEvent.self), failures: [404, 409, 422],
      summary: "Deploys a script whose files the server has, and tells what happens; the rollout goes on without the client."),
  ]

  private static let apps = [
    Route(
      operation: .apps, method: .get, path: "/v1/apps", query: [.environment], answer: .json(AppList.self),
      failures: [404], summary: "Apps of an environment, or of all."),
    Route(
      operation: .app, method: .get, path: "/v1/apps/{owner}/{app}", query: [.environment], answer: .json(AppInfo.self),
      failures: [404], summary: "One app."),
    Route(
      operation: .deleteApp, method: .delete, path: "/v1/apps/{owner}/{app}", query: [.environment, .grace], answer: .none,
      status: 204, failures: [404], summary: "Deletes an app: its runners finish within the grace and end."),
    Route(
      operation: .revisions, method: .get, path: "/v1/apps/{owner}/{app}/revisions", query: [.environment],
      answer: .json(RevisionList.self), failures: [404], summary: "The app's revisions, newest first."),
    Route(
      operation: .deleteRevision, method: .delete, path: "/v1/apps/{owner}/{app}/revisions/{revision}",
      query: [.environment], answer: .none, status: 204, failures: [404, 409],
      summary: "Deletes a revision that neither takes traffic nor is about to."),
    Route(
      operation: .setRevision, method: .put, path: "/v1/apps/{owner}/{app}/alias", query: [.environment],
      body: .json(AliasChange.self), answer: .lines(DeployEvent.self), failures: [404, 409],
      summary: "Moves traffic to an existing revision, and tells what happens."),
  ]

  private static let appParts = [
    Route(
      operation: .scale, method: .patch, path: "/v1/apps/{owner}/{app}/settings", query: [.environment],
      body: .json(ScaleRequest.self), answer: .json(ScaleResult.self), failures: [404, 422],
      summary: "Changes settings without a new revision; what is left out stays."),
    Route(
      operation: .replaceRunners, method: .post, path: "/v1/apps/{owner}/{app}/rollout", query: [.environment],
      body: .json(RunnersReplacement.self), answer: .none, status: 202, failures: [404, 409],
      summary: "Replaces every runner by a fresh one of the same revision."),
    Route(
      operation: .appRunners, method: .get, path: "/v1/apps/{owner}/{app}/runners", query: [.environment, .state, .since],
      answer: .json(RunnerList.self), failures: [404], summary: "The app's runners, oldest first."),
    Route(
      operation: .appGPUs, method: .get, path: "/v1/apps/{owner}/{app}/gpus", query: [.environment],
      answer: .json(GPUCounts.self), failures: [404], summary: "GPUs that the app's runners hold, by machine type."),
    Route(
      operation: .history, method: .get, path: "/v1/apps/{owner}/{app}/history", query: [.environment, .limit, .before],
      answer: .json(HistoryPage.self), failures: [404], summary: "What happened to the app, newest first."),
    Route(
      operation: .queue, method: .get, path: "/v1/apps/{owner}/{app}/queue", query: [.environment],
      answer: .json(QueueInfo.self), failures: [404], summary: "How many requests have no outcome yet, and whose they are."),
    Route(
      operation: .flushQueue, method: .delete, path: "/v1/apps/{owner}/{app}/queue", query: [.environment, .user],
      answer: .json(QueueFlush.self), failures: [404], summary: "Cancels the requests that wait, of all or of one user."),
  ]

  private static let runners = [
    Route(
      operation: .runners, method: .get, path: "/v1/runners", query: [.environment, .state, .since],
      answer: .json(RunnerList.self), failures: [404], summary: "Runners of all apps, oldest first."),
    Route(
      operation: .runner, method: .get, path: "/v1/runners/{runner}", answer: .json(RunnerInfo.self), failures: [404],
      summary: "One runner."),
    Route(
      operation: .stopRunner, method: .post, path: "/v1/runners/{runner}/stop", body: .json(RunnerStop.self), answer: .none,
      status: 202, failures: [404], summary: "Lets a runner finish and end; its replacement starts first if asked for."),
    Route(
      operation: .killRunner, method: .post, path: "/v1/runners/{runner}/kill", answer: .none, status: 202, failures: [404],
      summary: "Ends a runner at once."),
    Route(
      operation: .runnerLogs, method: .get, path: "/v1/runners/{runner}/logs",
      query: [.since, .until, .search, .last, .first, .follow], answer: .lines(LogLine.self), failures: [404],
      summary: "What a runner wrote; with `follow`, also what it writes from now on."),
  ]

  private static let environments = [
    Route(
      operation: .environments, method: .get, path: "/v1/environments", answer: .json(EnvironmentList.self),
      summary: "All environments."),
    Route(
      operation: .createEnvironment, method: .post, path: "/v1/environments", body: .json(EnvironmentCreation.self),
      answer: .json(EnvironmentInfo.self), status: 201, failures: [409, 422], summary: "Creates an environment."),
    Route(
      operation: .deleteEnvironment, method: .delete, path: "/v1/environments/{environment}", query: [.grace], answer: .none,
      status: 204, failures: [404, 409], summary: "Deletes an environment with everything in it; never `main`."),
  ]

  private static let access = [
    Route(
      operation: .users, method: .get, path: "/v1/users", answer: .json(UserList.self), summary: "Those who may have keys."),
    Route(
      operation: .createUser, method: .post, path: "/v1/users", body: .json(UserCreation.self),
      answer: .json(UserInfo.self), status: 201, failures: [409, 422], summary: "Creates a user."),
    Route(
      operation: .deleteUser, method: .delete, path: "/v1/users/{user}", answer: .none, status: 204, failures: [404, 409],
      summary: "Deletes a user with every key; never the owner."),
    Route(
      operation: .keys, method: .get, path: "/v1/keys", answer: .json(KeyList.self),
      summary: "Keys without their secrets: the owner sees all, everybody else their own."),
    Route(
      operation: .createKey, method: .post, path: "/v1/keys", body: .json(KeyCreation.self), answer: .json(KeyCreated.self),
      status: 201, failures: [404, 422], summary: "Makes a key; its secret is in this answer and nowhere else."),
    Route(
      operation: .revokeKey, method: .delete, path: "/v1/keys/{key}", answer: .none, status: 204, failures: [404],
      summary: "Ends a key at once."),
    Route(
      operation: .whoAmI, method: .get, path: "/v1/whoami", answer: .json(WhoAmI.self),
      summary: "Whose key asks, and what it may do."),
    Route(
      operation: .usage, method: .get, path: "/v1/usage", query: [.since, .until, .by], answer: .json(UsageReport.self),
      failures: [422], summary: "What apps used, by whole hours: the owner sees everything, everybody else their own."),
  ]

  private static let webhooks = [
    Route(
      operation: .webhooks, method: .get, path: "/v1/webhooks", query: [.dead], answer: .json(WebhookList.self),
      summary: "Webhooks that are not delivered yet, or given up: the owner sees all, everybody else their own."),
    Route(
      operation: .retryWebhooks, method: .post, path: "/v1/webhooks/retry", answer: .none, status: 202,
      summary: "Has all webhooks tried again that were given up."),
    Route(
      operation: .retryWebhook, method: .post, path: "/v1/webhooks/{request}/retry", answer: .none, status: 202,
      failures: [404], summary: "Has the webhook of a request tried again that was given up."),
  ]
}
