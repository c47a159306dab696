extension HTTPReference {
  /// What goes beside calls.
  static let more = [files, webhooks, sockets, realtime, limits]

  private static let files = Section(
    "HTTP: files",
    [
      Row("POST rest…/storage/auth/token", "A token for uploads, good for an hour: `{token, token_type, base_url, expires_at}`."),
      Row(
        "POST rest…/storage/upload/initiate",
        "`{file_name, content_type}` gives `{upload_url, file_url}`; PUT the bytes there within an hour."),
      Row("POST /files/upload", "The bytes, with a key or a token: `{access_url}`."),
      Row(
        "POST /files/upload/multipart", "Begins an upload in parts: `{access_url, uploadId}`; PUT parts, then POST `…/complete`."),
      Row("GET, HEAD access_url", "The file, whole or a range of it. Whoever has the address may, unless it is hidden."),
      Row("X-Fal-File-Name", "Of an upload: the name at the end of its address."),
      Row(
        "X-Fal-Object-Lifecycle",
        "Of an upload: `{\"expiration_duration_seconds\": 3600, \"initial_acl\": {\"default\": \"hide\"}}`."),
    ])

  private static let webhooks = Section(
    "HTTP: webhooks",
    [
      Row("body", "`{request_id, gateway_request_id, status: OK or ERROR, payload, error?, payload_error?}`"),
      Row(
        "X-Fal-Webhook-Signature",
        "Hexadecimal ED25519 of request id, user id, timestamp and SHA-256 of the body, each on a line."),
      Row(
        "X-Fal-Webhook-Request-Id, -User-Id, -Timestamp",
        "What is signed besides the body; take no timestamp older than 5 minutes."),
      Row("attempts", "Until it is answered with 2xx within 15 s, 10 times over two hours; then `apolune webhooks retry`."),
    ])

  private static let limits = Section(
    "HTTP: limits",
    [
      Row("body", "10 MB for a Lua app; without limit to a command app when it is called at once."),
      Row("headers", "128 of them, 16 KB each, 64 KB in all."),
      Row("waiting", "10,000 requests of an app that are called at once; 500,000 in all queues."),
      Row("result", "128 MB of a queued request, and 1,000 lines that the app printed."),
      Row("file", "10 GB."),
      Row("message", "1 MiB of a realtime client; longer ones close its socket with 1009."),
      Row("silence", "75 s between two requests of a connection, 30 s within one."),
    ])
}
