local app = app "words" {}

app:endpoint("count", function(input) return input end)
app:endpoint("/a", function(input) return input end)
app:endpoint("/a", { steam = true }, function(input) return input end)
app:endpoint("/b")
app:endpoint(7, function(input) return input end)
