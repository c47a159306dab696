local app = app "words" {
  requirements = { "torch" },
  app_auth = "public",
  exposed_port = 8080,
  name = "words",
  "GPU-H100",
  setup = function() end,
}

app:endpoint("/", function(input) return input end)
