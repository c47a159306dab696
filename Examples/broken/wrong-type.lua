local app = app "words" {
  keep_alive = { 60 },
  max_concurrency = "4",
  memory = 64,
  secrets = "API_KEY",
  auth = true,
}

app:endpoint("/", function(input) return input end)
