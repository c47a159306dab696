local options = { keepalive = "60s" }
options.auth = "everyone"

local app = app "words" (options)

app:endpoint("/", function(input) return input end)
