--- A program that speaks HTTP itself
app "program" {
  machine_type = "XS", keep_alive = "600s", command = { "python3", "program.py" }, max_multiplexing = 8,
  health = { path = "/health", start_period = "20s" },
}
