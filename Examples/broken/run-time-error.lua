local app = app "words" { keepalive = 1 }

local settings = {}
local name = settings.user.name
