/// A revision with its app, as a person names it: `words-3`, `ada/words-3`, or the app and the number.
struct RevisionReference: Sendable, Hashable {
  var app: AppReference
  var revision: String

  /// nil when `text` does not end in a hyphen and a number, and no second word says which revision is meant.
  init?(_ text: String, of second: String?) {
    if let second {
      guard let app = AppReference(argument: text) else { return nil }
      self.app = app
      revision = app.revision(second)
      return
    }
    guard let whole = AppReference(argument: text), let hyphen = whole.name.lastIndex(of: "-") else { return nil }
    let number = whole.name[whole.name.index(after: hyphen)...]
    let name = whole.name[..<hyphen]
    guard !name.isEmpty, !number.isEmpty, number.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    app = AppReference(owner: whole.owner, name: String(name))
    revision = whole.name
  }
}
