--- Any HTTP server: it listens on $PORT
app "clock" {
  command = { "python3", "serve.py" },
  health = { path = "/health", start_period = "10s" },
  env = { GREETING = "It is" },
  max_multiplexing = 8,
}
