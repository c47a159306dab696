/// The Lua code that shows values in the console: it runs in the sandbox, so that a hostile or endless value is bounded and
/// can be interrupted like any script.
enum ConsolePrinter {
  /// A chunk that returns `evaluate(chunk)`, which runs the chunk and gives what it returned as text, one value a line.
  static let source = #"""
    local type, tostring, next, pcall, select, getmetatable = type, tostring, next, pcall, select, getmetatable
    local format, rep, find, gsub, byte, sub = string.format, string.rep, string.find, string.gsub, string.byte, string.sub
    local concat, sort, pack, len, mathtype = table.concat, table.sort, table.pack, utf8.len, math.type
    local rawlen, rawget, null = rawlen, rawget, json.null

    local DEPTH, ITEMS, TEXT, OUTPUT, WIDTH = 6, 200, 4000, 65536, 76
    local keywords = {}
    for word in ("and break do else elseif end false for function goto if in local nil not or repeat return then true until while")
      :gmatch("%a+") do keywords[word] = true end
    local names = { ["\n"] = "\\n", ["\t"] = "\\t", ["\r"] = "\\r", ['"'] = '\\"', ["\\"] = "\\\\" }

    local function escape(character) return names[character] or format("\\x%02X", byte(character)) end

    local function quote(text)
      local cut = #text > TEXT
      if cut then text = sub(text, 1, TEXT) end
      local pattern = (len(text) or cut) and '[%c"\\]' or '[%c"\\\128-\255]'
      local more = cut and "…" or ""
      return '"' .. gsub(text, pattern, escape) .. '"' .. more
    end

    local order = { number = 1, string = 2, boolean = 3 }

    local function before(a, b)
      local left, right = order[type(a)] or 4, order[type(b)] or 4
      if left ~= right then return left < right end
      if left <= 2 then return a < b end
      return tostring(a) < tostring(b)
    end

    local render

    local function key(value, depth, seen)
      if type(value) == "string" and find(value, "^[%a_][%w_]*$") and not keywords[value] then return value end
      return "[" .. render(value, depth, seen, "") .. "]"
    end

    local function items(value, depth, seen, indent)
      local parts, length, budget = {}, rawlen(value), ITEMS
      for index = 1, length do
        if budget == 0 then break end
        parts[#parts + 1] = render(rawget(value, index), depth, seen, indent)
        budget = budget - 1
      end
      local keys, rest = {}, 0
      for name in next, value do
        if not (mathtype(name) == "integer" and name >= 1 and name <= length) then keys[#keys + 1] = name end
      end
      sort(keys, before)
      for index = 1, #keys do
        if budget == 0 then break end
        local name = keys[index]
        parts[#parts + 1] = key(name, depth, seen) .. " = " .. render(rawget(value, name), depth, seen, indent)
        budget = budget - 1
      end
      rest = length + #keys - #parts
      if rest > 0 then parts[#parts + 1] = "… " .. rest .. " more" end
      return parts
    end

    local function tableText(value, depth, seen, indent)
      if seen[value] then return "<cycle>" end
      if depth >= DEPTH then return next(value) == nil and "{}" or "{…}" end
      seen[value] = true
      local inner = indent .. "  "
      local parts = items(value, depth + 1, seen, inner)
      seen[value] = nil
      if #parts == 0 then return "{}" end
      local line = "{ " .. concat(parts, ", ") .. " }"
      if #line + #indent <= WIDTH and not find(line, "\n", 1, true) then return line end
      return "{\n" .. inner .. concat(parts, ",\n" .. inner) .. "\n" .. indent .. "}"
    end

    function render(value, depth, seen, indent)
      if value == null then return "null" end
      local kind = type(value)
      if kind == "string" then return quote(value) end
      if kind ~= "table" then return tostring(value) end
      local meta = getmetatable(value)
      if type(meta) == "table" and rawget(meta, "__tostring") then
        local ok, text = pcall(tostring, value)
        if ok then return text end
      end
      return tableText(value, depth, seen, indent)
    end

    local function show(...)
      local lines = {}
      for index = 1, select("#", ...) do
        lines[index] = render((select(index, ...)), 0, {}, "")
      end
      local text = concat(lines, "\n")
      if #text > OUTPUT then text = sub(text, 1, OUTPUT) .. "\n… " .. (#text - OUTPUT) .. " more bytes" end
      return text
    end

    return function(chunk) return show(chunk()) end
    """#
}
