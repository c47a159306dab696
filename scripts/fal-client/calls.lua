--- What the checks of fal's own client call: an app in Lua
local app = app "calls" {
  machine_type = "XS", keep_alive = "600s", min_concurrency = 1, max_multiplexing = 32,
}

app:endpoint("/", function(input) return { echo = input } end)

app:endpoint("/shout", function(input) return { text = input.text:upper() } end)

app:endpoint("/header", function(input, request)
  request:header("X-Words", "three small words")
  return { ok = true }
end)

app:endpoint("/refuse", function(input) return fail(422, input.reason) end)

app:endpoint("/break", function() error("a broken handler") end)

app:endpoint("/slow", function(input)
  print("before the sleep")
  sleep(input.seconds)
  print("after the sleep")
  return { slept = input.seconds }
end)

app:endpoint("/stream", { stream = true }, function(input, request)
  for number = 1, input.count do
    request:send { number = number }
    if input.pause then sleep(input.pause) end
  end
end)

app:endpoint("/realtime", { realtime = true }, function(input, request)
  if input.refuse then fail(422, input.refuse) end
  request.count = (request.count or 0) + 1
  return { echo = input, count = request.count }
end)
