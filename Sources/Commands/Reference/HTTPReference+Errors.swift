extension HTTPReference {
  static let errors = Section(
    "HTTP: failures, as {\"detail\": …, \"error_type\": …}",
    [
      Row(
        "400, 408, 501 bad_request",
        "The request is malformed, did not arrive in time, or asks for what HTTP has and this has not."),
      Row("401", "No valid key was shown: `Cannot access application \"…\"`, also of an app that does not exist."),
      Row("404", "No such app, or not yours, or no such endpoint."),
      Row("405", "Endpoints are called with POST."),
      Row("413, 431 bad_request", "The body has more than 10 MB (Lua apps only), or the headers more than 64 KB."),
      Row("422", "The app's word on its input; `detail` may be a list of `{loc, msg, type}`."),
      Row("429 concurrent_requests_limit", "The key has as many requests under way as it may have."),
      Row("429 queue_length_exceeded", "`fal_max_queue_length` was reached."),
      Row("499 client_cancelled", "The queued request was cancelled, or the queue flushed."),
      Row("500 internal_error", "The platform failed."),
      Row("502 runner_incomplete_response", "The app's program ended its answer too early."),
      Row("503 internal_error", "The queue cannot be written at the moment: the disk is full, say."),
      Row("503 runner_scheduling_failure", "Too many wait, or the server is stopping."),
      Row("503 runner_disconnected", "The runner went away while it served the request."),
      Row("503 runner_connection_refused", "The app's program does not accept connections."),
      Row("503 runner_connection_timeout", "The app's program did not take a connection in time."),
      Row("503 runner_connection_error", "The app's program was not reached: the machine has no port or descriptor left."),
      Row("504 request_timeout", "It waited or took longer than the app or the caller allows."),
      Row("504 startup_timeout", "No runner became ready in time."),
      Row("event: error", "The last event of a stream in which something went wrong; its data is such an object."),
    ])
}
