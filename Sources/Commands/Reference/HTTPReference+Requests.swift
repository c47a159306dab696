extension HTTPReference {
  static let places = Section(
    "HTTP: where requests go",
    [
      Row("POST /OWNER/APP[/PATH]", "Calls an endpoint, `/` without a path. Outside of main the app is APP--ENVIRONMENT."),
      Row("GET /OWNER/APP/health", "The app's `version`, or what its `health` hook says."),
      Row("POST /queue/OWNER/APP[/PATH]", "Queues a call. On a host that begins with `queue.` it goes without `/queue`."),
      Row("wss://…/OWNER/APP/realtime", "Opens a realtime connection; any other path a web socket of a command app."),
      Row("/files/…", "Uploaded files; any path on a host `files.…` and on `v3.fal.media`."),
      Row("/.well-known/jwks.json", "The public key of webhooks."),
      Row("/v1/…", "The control API; `GET /v1/openapi.json` describes it."),
      Row("GET /metrics", "For Prometheus."),
      Row("GET /health", "Whether the gateway answers."),
      Row("rest.… as the host", "fal's REST calls: `/storage/auth/token`, `/storage/upload/initiate`, `/tokens/`."),
    ])

  static let requestHeaders = Section(
    "HTTP: headers of a request",
    [
      Row("Authorization", "`Key ID:SECRET`. Needed but for public apps; never shown to an app."),
      Row("X-Fal-Request-Timeout", "Seconds that it may wait for a runner; then 504 `request_timeout`, the caller's."),
      Row("X-Fal-Runner-Hint", "A text; a runner that has said it in `X-Fal-Runner-Hints` is taken first, if it is free."),
      Row("X-Fal-Queue-Priority", "Queue: `normal`, or `low`: after all that are normal."),
      Row("X-Fal-No-Retry", "Queue: `1`: one attempt only."),
      Row(
        "X-Fal-Retry-Config",
        "Queue: attempts by cause, `{\"timeout\": {\"retries\": 2}, \"server_error\": …, \"connection_error\": …}`."),
      Row("X-Fal-Store-IO", "Queue: `0`: the result is dropped soon after it was read."),
      Row(
        "Idempotency-Key",
        "Queue: the same key of the same user for the same app gives the same request. Callers without a key of ours are one user."
      ),
      Row(
        "others",
        "Reach the app, `X-Fal-Object-Lifecycle-Preference` too; not what is about the connection, and no other `X-Fal-…`."),
    ])

  static let appHeaders = Section(
    "HTTP: headers that an app gets and gives",
    [
      Row("x-fal-request-id", "To the app: the request's id, as the caller gets it."),
      Row("x-fal-caller-user-id", "To the app: whose key it was; none for an unknown caller of a public app."),
      Row("x-fal-endpoint", "To the app: the path without the query."),
      Row("X-Fal-Needs-Retry", "From the app, with 5xx and 429: `1` has the queue try again, `0` not. Not shown to callers."),
      Row("X-Fal-Stop-Runner", "From the app: `true`: the runner is replaced once it is free. Not shown to callers."),
      Row("X-Fal-Runner-Health-Check", "From the app: `true`: the runner is looked at now. Not shown to callers."),
      Row("X-Fal-Runner-Hints", "From the app: what this runner is best for from now on, separated by commas."),
      Row("X-Fal-Billable-Units", "From the app: what the call counts for in `apolune usage`."),
    ])

  static let answerHeaders = Section(
    "HTTP: headers of an answer",
    [
      Row("x-fal-request-id", "Of every answer."),
      Row("X-Fal-Error-Type", "Of a failure: the same as `error_type` in its body."),
      Row("X-Fal-Request-Timeout-Type", "`user`: the caller's own limit was reached; trying again is no use."),
      Row("X-Fal-Needs-Retry, Retry-After", "With 429: when to come back."),
    ])
}
