extension HTTPReference {
  static let queue = Section(
    "HTTP: the queue",
    [
      Row(
        "POST …/OWNER/APP[/PATH]",
        "200 once it is on the disk: `request_id`, `status_url`, `response_url`, `cancel_url`, `queue_position`."),
      Row(
        "GET …/requests/ID/status",
        "202 with `status` IN_QUEUE or IN_PROGRESS, 200 with COMPLETED and `error`, `error_type` if it failed."),
      Row("GET …/requests/ID/status/stream", "The same as server-sent events, one for each change, until it is completed."),
      Row("?logs=1", "Of a status: with what the app printed. In a stream, what is new."),
      Row(
        "GET …/requests/ID",
        "The app's answer with its status; before that, the status with 202. `/response` after it means the same."),
      Row("PUT …/requests/ID/cancel", "202, or 400 ALREADY_COMPLETED."),
      Row("404 NOT_FOUND", "Unknown, another user's, or dropped: results are kept for a day."),
      Row("?fal_webhook=URL", "Of a submit: where the outcome is sent."),
      Row("?fal_max_queue_length=N", "Of a submit: 429 when as many wait already."),
      Row("attempts", "10 at most: again after a lost runner, 503, 504 and a time-out, unless app or caller say otherwise."),
      Row("streams", "The result of a streaming endpoint is its last event."),
    ])
}
