-- A machine type of one's own. The name is for scripts, the rest is what a runner gets.
machine "GPU-RTX4090" {
  cpu = 16,
  memory = "64GB",
  gpu = { model = "RTX 4090", memory = "24GB" },
  price = 0.69,
}

--- Wants two GPUs, and takes the cheapest that are free
local app = app "render" {
  machine_type = { "GPU-RTX4090", "GPU-A100", "GPU-H100" },   -- in this order
  num_gpus = 2,                                               -- of each of them
  min_concurrency = 0,
  max_concurrency = 3,
  keep_alive = "5m",
  startup_timeout = "15m",
  regions = { "eu-west", "eu-north" },
}

app:endpoint("/", function(input)
  return { frames = input.frames or 1 }
end)
