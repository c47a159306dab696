--- Every way out of a naive time or memory limit, one endpoint each. Run by scripts/escapes.
local app = app "escapes" {
  request_timeout = "300ms",
  max_concurrency = 1,
  machine_type = "S",
}

app:endpoint("/well", function() return { well = true } end)

app:endpoint("/loop", function() while true do end end)

app:endpoint("/pcall-loop", function()
  while true do pcall(function() while true do end end) end
end)

app:endpoint("/xpcall-handler", function()
  xpcall(error, function() while true do end end)
  while true do end
end)

app:endpoint("/close-loop", function()
  local step = coroutine.wrap(function()
    local guard <close> = setmetatable({}, { __close = function() while true do end end })
    while true do end
  end)
  step()
end)

app:endpoint("/gc-loop", function()
  setmetatable({}, { __gc = function() while true do end end })
  collectgarbage()
  while true do end
end)

app:endpoint("/short-coroutines", function()
  while true do coroutine.wrap(function() end)() end
end)

app:endpoint("/rep", function() return #(""):rep(1 << 62) end)

app:endpoint("/table-move", function() table.move({}, 1, 1 << 60, 2) end)

app:endpoint("/table-insert", function()
  table.insert(setmetatable({}, { __len = function() return 1 << 60 end }), 1, "x")
end)

app:endpoint("/table-concat", function()
  return #table.concat(setmetatable({}, { __index = function() return "" end }), "", 1, 1 << 60)
end)

app:endpoint("/pattern", function()
  return ("a"):rep(200):find(("a-"):rep(8) .. "b")
end)

app:endpoint("/close-chain", function()
  local thread = coroutine.create(function() end)
  for _ = 1, 20000 do
    local inner = thread
    thread = coroutine.create(function()
      local guard <close> = setmetatable({}, { __close = function() coroutine.close(inner) end })
      coroutine.yield()
    end)
    coroutine.resume(thread)
  end
  coroutine.close(thread)
  while true do end
end)

app:endpoint("/memory", function()
  local all = {}
  while true do all[#all + 1] = ("x"):rep(1 << 20) .. #all end
end)

app:endpoint("/weak-newindex", function()
  -- Use after free in liblua 5.4.4: only the process can contain it.
  for round = 1, 1000000 do
    local weak = setmetatable({}, { __mode = "k", __newindex = {} })
    for key = 1, 100 do weak[{}] = ("y"):rep(1000) .. key end
    setmetatable({}, { __mode = "v", __newindex = weak }).x = {}
  end
end)
