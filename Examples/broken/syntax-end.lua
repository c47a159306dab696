local app = app "words" {}

app:endpoint("/", function(input)
  if input.text then
    return { text = input.text }
end)
