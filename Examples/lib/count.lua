--- Counts the words of a text, most frequent first, without those in the list `stop`.
return function(text, stop)
  local ignored = {}
  for _, word in ipairs(stop) do ignored[word] = true end

  local counts = {}
  for word in text:lower():gmatch("%a+") do
    if not ignored[word] then counts[word] = (counts[word] or 0) + 1 end
  end

  local ranked = {}
  for word, times in pairs(counts) do ranked[#ranked + 1] = { word = word, count = times } end
  table.sort(ranked, function(left, right)
    if left.count ~= right.count then return left.count > right.count end
    return left.word < right.word
  end)
  return ranked
end
