import AppModel
import EngineCore
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

/// The facts of one app from one number to another. What they add up to is told apart by their number, also in a snapshot,
/// which has nothing of `ticks`.
func story(_ numbers: ClosedRange<Int>, at moment: Moment = .seconds(1), app: AppID = .words) -> [Fact] {
  numbers.map { number in
    guard number == 1 else { return Fact(app, at: moment, .aliasMoved(to: RevisionID("words-1"))) }
    let definition = AppDefinition(name: app.name, program: .endpoints([]), machines: [])
    let new = NewRevision(definition: definition, auth: .private, bundle: BundleReference(hash: "0", script: "words.lua"))
    return Fact(app, at: moment, .revisionAdded(Revision(id: RevisionID("words-1"), new, createdAt: moment)))
  }
}

/// What the call throws.
func problem<Value>(_ body: () throws -> Value) throws -> StoreError {
  try #require(#expect(throws: StoreError.self) { _ = try body() })
}
