local app = app "words" {}

function app.setpu(ctx)
end

function app.count(text)
  return #text
end

app:endpoint("/", function(input) return input end)
