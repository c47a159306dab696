--- Gives a request a quarter of a second
local app = app "hasty" { machine_type = "XS", keep_alive = "600s", request_timeout = "250ms" }

app:endpoint("/", function(input)
  sleep(input.seconds or 0)
  return {}
end)
