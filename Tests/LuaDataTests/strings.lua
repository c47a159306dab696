-- Prints what the functions of `string` answer for many cases, fixed and random. It runs under the stock interpreter and under ours, with
-- a seed as its argument.
local seed = tonumber((...))

-- A generator of our own: those of two interpreters need not agree.
local function random(n)
  seed = (seed * 1103515245 + 12345) & 0x7fffffff
  return (seed >> 8) % n + 1
end

local function pick(list) return list[random(#list)] end

local function plain(value)
  if type(value) == "table" or type(value) == "function" then return type(value) end
  return (tostring(value):gsub("[^ -~]", function(c) return "\\" .. c:byte() end))
end

-- Errors without their position; a function has no name when `pcall` calls it.
local function message(text)
  return (plain(text):gsub("^[^:]*:%d+: ", ""):gsub("to '[%w.?]*'", "to f"))
end

local function try(name, ...)
  local results = table.pack(pcall(string[name], ...))
  local line, arguments = {}, table.pack(...)
  for i = 1, arguments.n do line[#line + 1] = plain(arguments[i]) end
  line[#line + 1] = "=>"
  if results[1] then
    for i = 2, results.n do line[#line + 1] = plain(results[i]) end
  else
    line[#line + 1] = "error " .. message(results[2])
  end
  print(name .. " " .. table.concat(line, " | "))
end

local function iterate(...)
  local found, ok, iterator = {}, pcall(string.gmatch, ...)
  for i = 1, 20 do
    if not ok then break end
    local results = table.pack(pcall(iterator))
    if not results[1] then found[i] = message(results[2]) break end
    if results[2] == nil then break end
    for j = 2, results.n do found[#found + 1] = plain(results[j]) end
  end
  local s, p, from = ...
  print("gmatch " .. plain(s) .. " | " .. plain(p) .. " | " .. plain(from) .. " => " .. table.concat(found, " | "))
end

local items = {
  "a", "b", "c", "x", " ", "1", ".", "%a", "%d", "%s", "%w", "%p", "%A", "%D", "%S", "%l", "%u", "%x", "%X", "%c", "%g", "%G", "%z", "%q",
  "[abc]", "[^abc]", "[a-c]", "[%a_]", "[^%d]", "[]]", "[^]]", "[a-]", "[-a]", "[%-x]", "%%", "%.", "()", "(", ")", "(a)", "(.)", "(.-)",
  "%1", "%2", "%b()", "%bxy", "%f[%a]", "%f[^%w]", "%f[%z]", "$", "^", "[a", "%", "[%", "%b", "%bx", "%f", "%0", "\0", "[\0-\31]", "é",
}
local suffixes = { "", "", "", "", "", "*", "+", "-", "?" }
local letters = { "a", "b", "c", "x", "y", "1", "2", " ", "(", ")", "_", "-", "]", "%", ".", "A", "B", "\0", "\n", "é", "\255" }

local function subject()
  local text = ""
  for _ = 1, random(14) - 1 do text = text .. pick(letters) end
  return text
end

local function pattern()
  local text = random(6) == 1 and "^" or ""
  for _ = 1, random(7) - 1 do text = text .. pick(items) .. pick(suffixes) end
  return random(6) == 1 and text .. "$" or text
end

local replacements = {
  "x", "%0", "1", "<%1%2>", "%%", "%", "%x", "", "%0%0", function(a, b) return b or a end, function() return false end,
  function() return {} end, setmetatable({ a = "A" }, { __index = function(_, key) return key == "b" and 7 or nil end }), 12, 1.5,
}

for _, case in ipairs {
  { "find", "abc", "b", 1, true }, { "find", "a.c", ".", 1, true }, { "find", "", "" }, { "find", "abc", "", 10 }, { "find", "abc", "", 4 },
  { "match", "  trim  ", "^%s*(.-)%s*$" }, { "match", "key = value", "(%w+)%s*=%s*(%w+)" }, { "match", "2024-01-02", "(%d+)-(%d+)-(%d+)" },
  { "gsub", "hello world", "o", "0", 1 }, { "gsub", "abc", "%w", "%0%0" }, { "gsub", "abc", "", "-" }, { "gsub", "THE (quick) fox", "%((%w+)%)", "<%1>" },
  { "gsub", "hello", "(l)(l)", "%2%1" }, { "find", "THE (quick) fox", "%b()" }, { "gsub", "THE (quick) fox", "%f[%a]%a+", "w" },
  { "match", "x", ("("):rep(33) }, { "match", ("a"):rep(300), ("a?"):rep(300) }, { "match", ("a"):rep(300), ("a?"):rep(150) },
  { "gsub", "a", "a" }, { "gsub", "a", "a", true }, { "find" }, { "find", {} }, { "char" }, { "char", 256 }, { "char", "x" }, { "char", 72, 105 },
  { "rep", "x", 1 << 40 }, { "rep", "ab", -1, "x" }, { "rep", "ab", 3, ", " }, { "rep", "", 5 }, { "rep", "a", 0 }, { "byte", "abc", 1, -1 }, { "byte", "abc", 0 },
  { "byte", "abc", 10 }, { "byte", "", 1 }, { "upper" }, { "format", "%s %s", 1 }, { "format", "%" }, { "format", "%5.1f|%-5d|%05d|%+d|%x|%X|%#x", 3.14159, 42, 42, 42, 255, 255, 255 },
  { "format", "%q", "\200\r\n\t\0001" }, { "format", "%-------------------------------d", 1 }, { "format", "%d", "1.5" }, { "format", {} },
  { "format", "%s", setmetatable({}, { __tostring = function() return "hi" end }) }, { "format", "%10s|%-10s|%.2s", "a", "b", "cde" }, { "format", "%c%c", 72, 105 },
  { "format", "%%" }, { "format", "%i", 3.0 }, { "format", "%s", "a\0b" }, { "format", "%5s", "a\0b" }, { "pack", "i17", 1 }, { "unpack", "s1", "\5abc" },
  { "len", "\0\0" }, { "reverse", "abc" }, { "lower", "ABCÉ" }, { "sub", "abc", -2 }, { "sub", "abc", 2, 10 }, { "sub", "abc", math.mininteger, math.maxinteger },
} do try(table.unpack(case)) end

for _ = 1, 700 do
  local text, wanted = subject(), pattern()
  try("find", text, wanted)
  try("match", text, wanted, random(33) - 17)
  try("find", text, wanted, random(7) - 4, random(4) == 1)
  iterate(text, wanted)
  iterate(text, wanted, random(33) - 17)
  try("gsub", text, wanted, pick(replacements))
  try("gsub", text, wanted, pick(replacements), random(6) - 2)
end

local numbers = { 0, 1, -1, 2, 3, 5, -3, 100, -100, math.maxinteger, math.mininteger, 1.0, 2.5, "3", "x" }
for _ = 1, 200 do
  local text, first, last = subject(), pick(numbers), pick(numbers)
  for _, name in ipairs { "sub", "byte" } do try(name, text, first, last) try(name, text, first) end
  for _, name in ipairs { "upper", "lower", "reverse", "len" } do try(name, text) end
  try("rep", text, random(10) - 2, random(2) == 1 and subject() or nil)
end

local values = {
  0, 1, -1, 3.14, -0.0, 1e300, 1 / 0, -1 / 0, "x", "a\0b", 'q"\\\n\r\1\0012', ("z"):rep(120), true, false, math.mininteger, math.maxinteger, 2 ^ 53,
  "10", "0x10", 65, "éa",
}
local conversions = { "d", "i", "u", "c", "o", "x", "X", "a", "A", "e", "E", "f", "F", "g", "G", "q", "s", "%", "y", "", "D" }
local flags = { "", "", "", "-", "+", " ", "#", "0", "-0", "+#0 " }
for _ = 1, 1500 do
  local width = random(3) == 1 and random(120) or ""
  local precision = random(3) == 1 and "." .. (random(4) == 1 and "" or random(120)) or ""
  try("format", "<%" .. pick(flags) .. width .. precision .. pick(conversions) .. ">", pick(values))
end

local layouts = { "b", "B", "h", "i4", "I8", "j", "n", "d", "f", "z", "s1", "s4", "<i2", ">i3", "!4i8", "Xi4", "x", "c5", "i17", "y" }
for _ = 1, 300 do
  local layout = pick(layouts) .. pick(layouts)
  try("pack", layout, pick(values), pick(values))
  try("packsize", layout)
  try("unpack", layout, subject() .. subject(), random(7) - 3)
end
