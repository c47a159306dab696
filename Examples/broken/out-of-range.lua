local app = app "words" {
  max_concurrency = 0,
  min_concurrency = -1,
  keep_alive = 1e300,
  request_timeout = 0/0,
  max_multiplexing = 1 << 62,
  startup_timeout = "5 minutes",
}

app:endpoint("/", function(input) return input end)
