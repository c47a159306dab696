local app = app "words"

app:endpoint("/", function(input) return input end)
