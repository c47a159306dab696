--- For everybody
local app = app "open" { machine_type = "XS", keep_alive = "600s", auth = "public" }

app:endpoint("/", function() return { open = true } end)
