local count = require "lib/count.lua"
local app = app "words" {}
