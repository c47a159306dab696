local app = app "words" {}

app:endpoint("/", function(input)
  if input.text != nil then return input end
end)
