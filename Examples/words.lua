local count = require "lib.count"

--- Counts and ranks words
local app = app "words" {
  machine_type = { "S", "M" },          -- first one with room wins
  auth         = "private",             -- private (default) | shared | public
  strategy     = "rolling",             -- recreate (default) | rolling
  max_concurrency = 4, max_multiplexing = 8, keep_alive = "60s",
  secrets      = { "STOPLIST_URL" },
}

function app.setup(ctx)                 -- once per runner, before it takes traffic
  app.stop = json.decode(files.read("stopwords.json"))
end

app:endpoint("/", { example = { text = "moon sun moon" } }, function(input, request)
  local text = input.text or fail(422, "text is missing")
  return { words = count(text, app.stop) }
end)

app:endpoint("/stream", { stream = true }, function(input, request)
  local text = input.text or fail(422, "text is missing")
  for word in text:gmatch("%a+") do request:send { word = word } end
end)

function app.before_promote(ctx)        -- a gate: the candidate has no traffic yet
  local answer = ctx.candidate:call("/", { text = "a b a" })
  if #answer.words ~= 2 then return abort("counted " .. #answer.words) end
  return proceed()
end
