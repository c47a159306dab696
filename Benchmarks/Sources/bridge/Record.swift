import Lua

/// What the table benchmark decodes; `record` in CBaseline mirrors it.
struct Record: Codable {
  var id: Int
  var score: Double
  var active: Bool
  var name: String
  var tags: [String]

  /// Lua that returns a sequence of records with about 1 MB of data.
  static let source = """
    local records = {}
    for id = 1, 9000 do
      records[id] = {
        id = id, score = id * 0.5, active = id % 2 == 0, name = "record number " .. id .. " of the benchmark",
        tags = { "tag-" .. id % 97, "tag-" .. id % 13, "a longer tag that many records share" },
      }
    end
    return records
    """
}

/// The same without `Codable`.
extension Record: LuaRecord {
  init(from row: borrowing LuaRow) throws(LuaError) {
    id = try row.get("id")
    score = try row.get("score")
    active = try row.get("active")
    name = try row.get("name")
    tags = try row.get("tags")
  }
}
