--- One request at a time, so that the next ones wait
local app = app "single" { machine_type = "XS", keep_alive = "600s", max_concurrency = 1, max_multiplexing = 1 }

app:endpoint("/", function(input)
  sleep(input.seconds or 0)
  return { number = input.number }
end)
