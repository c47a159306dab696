/// Counts the requests that each key with a limit has under way.
final class KeyPlaces {
  private(set) var taken: [String: Int] = [:]
  /// Called with a key that may have another request now.
  var onFree: ((String) -> Void)?

  /// nil: the key has as many as it may.
  func enter(_ key: String, max: Int) -> KeyPlace? {
    let count = taken[key] ?? 0
    guard count < max else { return nil }
    taken[key] = count + 1
    return KeyPlace(key: key, places: self)
  }

  fileprivate func left(_ key: String) {
    if let count = taken[key], count > 1 { taken[key] = count - 1 } else { taken[key] = nil }
    onFree?(key)
  }
}

/// One request's place among those of its key; given back once, whatever happens.
final class KeyPlace {
  private let key: String
  private var places: KeyPlaces?

  fileprivate init(key: String, places: KeyPlaces) {
    self.key = key
    self.places = places
  }

  func leave() {
    places?.left(key)
    places = nil
  }

  // Also where the exchange that had it never came to an end of its own.
  deinit { leave() }
}
