import Engine
import EngineCore
import Store

/// The store, as the engine writes facts to it.
struct StoredJournal: Journal {
  var store: Store

  func append(_ facts: [Fact]) throws { try store.append(facts) }
}
