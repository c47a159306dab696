local first = app "words" {}
first:endpoint("/", function(input) return input end)

local second = app "words" {}
second:endpoint("/", function(input) return input end)
