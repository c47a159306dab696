import ArgumentParser

/// What is called, as a person names it: `words`, `ada/words`, `ada/words/stream`, `ada/words--staging`.
struct CallTarget: Sendable, Hashable, ExpressibleByArgument {
  var app: AppReference
  /// Begins with a slash; nil where none is said.
  var path: String?

  init?(argument: String) {
    let parts = argument.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
    let names = parts.prefix(2).map(String.init)
    guard names.allSatisfy({ !$0.isEmpty }), let name = names.last else { return nil }
    app = AppReference(owner: names.count == 2 ? names.first : nil, name: name)
    path = parts.count == 3 ? "/" + parts[2] : nil
  }

  /// Between the name of an app and that of its environment.
  private static let separator = "--"

  /// Whether the name has the environment in it.
  var namesEnvironment: Bool { app.name.contains(Self.separator) }

  /// The app as in URLs, outside of `main` with its environment.
  func name(in environment: String) -> String {
    namesEnvironment || environment == "main" ? app.name : app.name + Self.separator + environment
  }
}
