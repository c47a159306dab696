extension HTTPReference {
  static let sockets = Section(
    "HTTP: websockets of command apps",
    [
      Row("any path", "The handshake goes to the program; when it agrees, bytes pass both ways. One socket is one slot."),
      Row("request_timeout", "Counts until the program has answered the handshake. An open socket may last."),
      Row("silence", "10 minutes without a byte in either direction end it; the usual pings prevent that."),
      Row("drain", "A runner that is to go ends its sockets when `request_timeout` is over."),
    ])

  static let realtime = Section(
    "HTTP: realtime endpoints of Lua apps",
    [
      Row("messages", "MessagePack in binary frames, or JSON in text frames; each is answered in its own form."),
      Row("text and bytes", "A Lua string that is no UTF-8, or holds a zero, is sent as binary data."),
      Row(
        "x-fal-error",
        "`{type: \"x-fal-error\", error: \"INTERNAL_ERROR\" or \"TIMEOUT\", reason, status}` in a text frame; the session goes on."
      ),
      Row("request_timeout", "Counts for each message."),
      Row("session_timeout", "So long without a message the session ends with `TIMEOUT`: 10 minutes, or as the endpoint says."),
      Row("?max_buffering=N", "1 to 60: that many messages wait at most, the newest ones. Otherwise none is dropped."),
      Row("?fal_jwt_token=T", "A token in place of a key, for browsers; also for sockets of command apps."),
      Row(
        "POST rest…/tokens/",
        "`{allowed_apps, token_expiration}` gives such a token, good for 2 minutes, or an hour at most, and as long as its key."),
      Row("POST rest…/tokens/realtime", "`{allowed_apps, duration}` gives it as `{token}`."),
      Row("close codes", "1000; 1001 server or runner is to go: connect again; 1002, 1007, 1009 bad frames; 1011 runner lost."),
    ])
}
