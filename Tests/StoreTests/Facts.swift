import EngineCore
import GRDB
import Store
import Testing

extension AppID {
  static let words = AppID(owner: "ada", name: "words")
  static let other = AppID(owner: "ada", name: "other", environment: "staging")
}

extension Moment {
  static func seconds(_ seconds: Int64) -> Moment { Moment(nanoseconds: seconds * 1_000_000_000) }
}

/// Facts that count themselves: folding one adds 1 to `ignoredInputs`. They are no promises.
func ticks(_ count: Int, at moment: Moment = .seconds(1), app: AppID = .words) -> [Fact] {
  Array(repeating: Fact(app, at: moment, .inputIgnored), count: count)
}

func promise(_ revision: String = "words-1", app: AppID = .words) -> Fact {
  Fact(app, at: .seconds(2), .aliasMoved(to: RevisionID(revision)))
}

/// What the call throws.
func problem<Value>(_ body: () throws -> Value) throws -> StoreError {
  try #require(#expect(throws: StoreError.self) { _ = try body() })
}
