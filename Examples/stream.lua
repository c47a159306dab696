--- Counts down, one event a step
local app = app "countdown" {
  max_multiplexing = 16,
  request_timeout = "1m",
}

app:endpoint("/", { stream = true }, function(input, request)
  local from = input.from or 5
  local pause = input.pause or 0.1
  for left = from, 1, -1 do
    request:send { left = left }
    sleep(pause)
  end
  request:send { left = 0, done = true }
end)
