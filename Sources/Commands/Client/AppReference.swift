import ArgumentParser

/// An app as a person names it: `words`, or `ada/words`.
struct AppReference: Sendable, Hashable, ExpressibleByArgument {
  /// nil: the owner of the server.
  var owner: String?
  var name: String

  init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else { return nil }
    owner = parts.count == 2 ? String(parts[0]) : nil
    name = String(parts[parts.count - 1])
  }

  init(owner: String?, name: String) {
    self.owner = owner
    self.name = name
  }

  /// The full name of a revision that may be given as its number: `3` is `words-3`.
  func revision(_ text: String) -> String {
    !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? "\(name)-\(text)" : text
  }
}
