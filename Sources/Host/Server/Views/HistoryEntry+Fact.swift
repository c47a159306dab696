import ControlAPI
import EngineCore
import FoundationEssentials
import Store

extension HistoryPage.Entry {
  init(_ recorded: RecordedFact) {
    let kind = Self.kind(of: recorded.fact.change)
    self.init(
      sequence: recorded.sequence, at: recorded.fact.at.secondsSince1970, kind: kind, revision: nil, runner: nil, message: kind)
  }

  /// The name of the case, which is also its name in the journal.
  private static func kind(of change: Fact.Change) -> String {
    guard let data = try? JSONEncoder().encode(change),
      case .object(let fields)? = try? JSONDecoder().decode(JSONValue.self, from: data)
    else { return "" }
    return fields.keys.first ?? ""
  }
}
