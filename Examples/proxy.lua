--- Asks another HTTP service, and passes on what it says
local app = app "proxy" {
  max_multiplexing = 32,
  request_timeout = "30s",
}

function app.setup(ctx)
  app.target = env.TARGET_URL or fail(500, "set TARGET_URL to the service to ask")
end

app:endpoint("/", function(input)
  local answer = http.get(app.target .. (input.path or "/"), { timeout = "10s" })
  if answer.status >= 500 then fail(502, "the service answered " .. answer.status) end
  return { status = answer.status, body = answer.body }
end)

app:endpoint("/post", function(input)
  local answer = http.post(app.target .. (input.path or "/"), { json = input.body or {}, timeout = "10s" })
  return { status = answer.status, body = answer.body }
end)
