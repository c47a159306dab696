--- Counts the words of each message, and all of a session
local app = app "tally" {
  max_multiplexing = 64,
  request_timeout = "10s",
}

app:endpoint("/realtime", { realtime = true, session_timeout = "5m" }, function(input, request)
  local text = input.text or fail(422, "text is missing")
  local count = 0
  for _ in text:gmatch("%a+") do count = count + 1 end
  -- One `request` for all messages of a session: what is kept in it stays.
  request.total = (request.total or 0) + count
  return { words = count, total = request.total }
end)
