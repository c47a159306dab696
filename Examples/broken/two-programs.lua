local app = app "words" {
  command = { "python3", "serve.py" },
}

app:endpoint("/", function(input) return input end)

function app.setup(ctx)
end
