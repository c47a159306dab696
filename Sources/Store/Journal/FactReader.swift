import EngineCore
import FoundationEssentials
import GRDB

/// Turns rows into facts, many at a time: one call of the decoder for all of them is much faster than one for each.
struct FactReader {
  static let batchMax = 1024

  private let decoder = JSONDecoder()

  struct Line {
    var sequence: Int64
    var at: Moment
    var app: AppID
    var change: Data
  }

  /// - Throws: `fact-unreadable`, with the number of the first that cannot be read.
  func facts(_ lines: [Line]) throws(StoreError) -> [RecordedFact] {
    let changes: [Fact.Change]
    if let decoded = try? decoder.decode([Fact.Change].self, from: Self.array(lines)), decoded.count == lines.count {
      changes = decoded
    } else {
      // One of them is to blame, and reading them one by one tells which.
      changes = try lines.map { line throws(StoreError) in try change(line) }
    }
    return zip(lines, changes).map { line, change in
      RecordedFact(sequence: line.sequence, fact: Fact(line.app, at: line.at, change))
    }
  }

  private func change(_ line: Line) throws(StoreError) -> Fact.Change {
    do {
      return try decoder.decode(Fact.Change.self, from: line.change)
    } catch {
      throw StoreError(
        "fact-unreadable", "fact \(line.sequence), of \(line.app), cannot be read: \(error)",
        fix: "It was written by another version, or the database is damaged: start that version, or use a backup.")
    }
  }

  private static func array(_ lines: [Line]) -> Data {
    var json = Data()
    json.reserveCapacity(lines.reduce(2) { $0 + $1.change.count + 1 })
    json.append(UInt8(ascii: "["))
    for (index, line) in lines.enumerated() {
      if index > 0 { json.append(UInt8(ascii: ",")) }
      json.append(line.change)
    }
    json.append(UInt8(ascii: "]"))
    return json
  }
}

extension FactReader {
  /// Columns in the order in which `line` expects them.
  static let selection = """
    SELECT facts.sequence, facts.at, apps.owner, apps.name, apps.environment, facts.change
    FROM facts JOIN apps ON apps.id = facts.app
    """

  static func line(_ row: Row) -> Line {
    Line(
      sequence: row[0], at: Moment(nanoseconds: row[1]), app: AppID(owner: row[2], name: row[3], environment: row[4]),
      change: row[5])
  }
}
