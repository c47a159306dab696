local count = require "lib.cuont"
local app = app "words" {}
