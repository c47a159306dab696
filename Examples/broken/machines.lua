machine "M" { cpu = 1, memory = "1GB" }
machine "GPU-MINE" { cpu = 16, memory = "64", gpu = { model = "RTX 4090" } }

local app = app "words" {
  machine_type = { "GPU-H10", "L", "GPU-A100" },
  num_gpus = 2,
}

app:endpoint("/", function(input) return input end)
