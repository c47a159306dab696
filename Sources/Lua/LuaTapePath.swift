/// One step to a value in a tape.
struct TapeKey: CodingKey {
  let stringValue: String
  let intValue: Int?

  init(stringValue: String) {
    self.stringValue = stringValue
    intValue = nil
  }

  init(intValue: Int) {
    stringValue = "Index \(intValue)"
    self.intValue = intValue
  }
}

extension LuaTapeStorage {
  /// The keys and indices that lead to the node at word `target`.
  ///
  /// Decoding keeps no path: only a failure needs one, and finds it here by descending from the root.
  func path(to target: Int) -> [any CodingKey] {
    var path: [any CodingKey] = []
    var node = 0
    while node != target, let (key, child) = step(from: node, towards: target) {
      path.append(key)
      node = child
    }
    return path
  }

  private func step(from node: Int, towards target: Int) -> (any CodingKey, Int)? {
    let tag = TapeTag(of: words[node])
    guard tag == .array || tag == .object else { return nil }
    let end = node + words[node].tapeSpan
    var at = node + 2
    var index = 0
    while at < end {
      let key = at
      if tag == .object { at += words[at].tapeStringSpan }
      let next = at + words[at].tapeSpan
      if target < next {
        return (tag == .object ? TapeKey(stringValue: text(at: key)) : TapeKey(intValue: index), at)
      }
      at = next
      index += 1
    }
    return nil
  }

  /// How deep the containers below a node nest; 0 for a scalar.
  func depth(of node: Int) -> Int {
    let tag = TapeTag(of: words[node])
    guard tag == .array || tag == .object else { return 0 }
    var deepest = 0
    var at = node + 2
    while at < node + words[node].tapeSpan {
      if tag == .object { at += words[at].tapeStringSpan }
      deepest = max(deepest, depth(of: at))
      at += words[at].tapeSpan
    }
    return deepest + 1
  }

  /// A key, for a message: bytes that are no UTF-8 are replaced.
  func text(at node: Int) -> String { String(decoding: utf8(at: node), as: UTF8.self) }
}

extension Array where Element == any CodingKey {
  /// As Lua would write it: `.words[3].name`; indices count from 1.
  var luaPath: String {
    var path = ""
    for key in self {
      if let index = key.intValue {
        path += "[\(index + 1)]"
      } else {
        path += ".\(key.stringValue)"
      }
    }
    return path
  }
}
