local app = app "words" {
  strategy = "rolling",
  rollout = { steps = { "1", "0%", "lots" }, pause = "2m", on_error = "stop" },
  analyse = { every = "10s", success = true },
}

app:endpoint("/", function(input) return input end)

function app.before_promte(ctx) end
