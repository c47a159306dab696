local app = app "words" {}

local limit = jsn.decode("[1]")

app:endpoint("/", function(input) return input end)
