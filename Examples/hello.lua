--- Says hello
local app = app "hello" {}

app:endpoint("/", function(input)
  return { message = "Hello, " .. (input.name or "world") .. "!" }
end)
