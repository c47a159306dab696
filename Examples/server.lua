-- The operator's file: apolune check server.lua, then apolune server --config server.lua
server {
  listen = "127.0.0.1:8090",
  limits = { bundle = "256MB", file = "64MB", runners_per_app = 1000 },
}

-- This machine; whatever is left out is found out.
node "local" {
  cpu = 64,
  memory = "256GB",
  labels = { region = "eu" },
  overcommit = { cpu = 16, memory = 1 },   -- shares of CPU are promised 16 times, memory once
  gpus = { { model = "RTX 4090", memory = "24GB", count = 4 } },
}

-- Scripts may name it beside the built-in types.
machine "GPU-RTX4090" {
  cpu = 16,
  memory = "64GB",
  gpu = { model = "RTX 4090", memory = "24GB" },
  price = 0.69,
}
