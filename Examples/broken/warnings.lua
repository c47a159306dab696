local app = app "words" {
  min_concurrency = 5,
  machine_type = { "M", "M" },
  secrets = { "KEY", "KEY" },
  keep_alive = 0,
  keep_alive = "5s",
  rollout = { steps = { "50%", "10%" } },
}

app.max_concurrency = 9

function app.setup(ctx) end
function app.setup(ctx) end

app:endpoint("/", function(input) return input end)
