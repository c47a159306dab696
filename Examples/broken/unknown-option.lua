local app = app "words" {
  keepalive = "60s",
  machine_typ = "M",
  health = { path = "/health", timout = "5s" },
}

app:endpoint("/", function(input) return input end)
