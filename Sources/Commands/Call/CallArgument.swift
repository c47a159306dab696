/// One part of an input as a person types it: `text=hello`, `size[width]=10`, `tags[]=a`.
struct CallArgument: Sendable, Hashable {
  struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
  }

  enum Value: Sendable, Hashable {
    case json(JSONText)
    /// The content of a file, as text.
    case file(path: String)
  }

  /// As it was typed, up to the equals sign.
  var name: String
  /// From the outside in; never empty.
  var path: [String]
  /// Whether the value is one more item of a list.
  var isItem: Bool
  var value: Value

  init(_ text: String) throws(Problem) {
    guard let mark = text.firstIndex(of: "=") else {
      let looksWhole = text.hasPrefix("{") || text.hasPrefix("[")
      let fix = looksWhole ? "; a whole JSON object is read from a file or a pipe: --input FILE, --input -" : ""
      throw Problem("'\(text)' gives no value: write name=value\(fix)")
    }
    name = String(text[..<mark])
    (path, isItem) = try Self.parts(name)
    value = Self.value(String(text[text.index(after: mark)...]))
  }

  /// What is JSON is taken as such, so that numbers are numbers; everything else is text.
  private static func value(_ text: String) -> Value {
    if text.hasPrefix("@") { return .file(path: String(text.dropFirst())) }
    return .json(JSONText(text) ?? JSONText(quoting: text))
  }

  /// `a[b][]` into `a`, `b`, and that it is an item.
  private static func parts(_ name: String) throws(Problem) -> (path: [String], isItem: Bool) {
    let open = name.firstIndex(of: "[") ?? name.endIndex
    guard open > name.startIndex else { throw Problem("'\(name)=' has no name before it: write name=value") }
    var path = [String(name[..<open])]
    guard !path[0].contains("]") else { throw Problem("'\(name)' closes a bracket that is not open") }
    var rest = name[open...]
    while let first = rest.first {
      guard first == "[" else { throw Problem("'\(name)' has '\(rest)' after a bracket; a name in it stands in brackets too") }
      guard let close = rest.firstIndex(of: "]") else { throw Problem("'\(name)' opens a bracket and does not close it") }
      let key = String(rest[rest.index(after: rest.startIndex)..<close])
      rest = rest[rest.index(after: close)...]
      guard !key.contains("[") else { throw Problem("'\(name)' opens a bracket within another") }
      if key.isEmpty {
        guard rest.isEmpty else {
          throw Problem("'[]' stands at the end only; give an item as JSON: '\(before(rest, of: name))={…}'")
        }
        return (path, true)
      }
      guard !key.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
        throw Problem("'\(name)' counts items; they are added one after the other: '\(path.listName)[]=…'")
      }
      path.append(key)
    }
    return (path, false)
  }

  private static func before(_ rest: Substring, of name: String) -> Substring { name[..<rest.startIndex] }
}

extension [String] {
  /// `a[b]`
  var listName: String { (first ?? "") + dropFirst().map { "[\($0)]" }.joined() }
}
