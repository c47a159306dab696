/// The input of a call, made of arguments one by one, in their order.
struct CallInput: Sendable, Hashable {
  private indirect enum Node: Sendable, Hashable {
    case value(JSONText)
    case list([JSONText])
    case table([Field])
  }

  private struct Field: Sendable, Hashable {
    var name: String
    var node: Node
  }

  private var fields: [Field] = []

  /// `value` is what the argument says, or what its file holds.
  mutating func add(_ argument: CallArgument, _ value: JSONText) throws(CallArgument.Problem) {
    try Self.add(value, argument, depth: 0, to: &fields)
  }

  private static func add(
    _ value: JSONText, _ argument: CallArgument, depth: Int, to fields: inout [Field]
  ) throws(CallArgument.Problem) {
    let name = argument.path[depth]
    let place = fields.firstIndex { $0.name == name }
    guard depth + 1 == argument.path.count else {
      var inner: [Field] = []
      if let place {
        guard case .table(let table) = fields[place].node else { throw conflict(argument, depth, fields[place].node) }
        inner = table
      }
      try add(value, argument, depth: depth + 1, to: &inner)
      return put(.table(inner), name, at: place, in: &fields)
    }
    guard argument.isItem else {
      if let place { throw conflict(argument, depth, fields[place].node) }
      return put(.value(value), name, at: nil, in: &fields)
    }
    var items: [JSONText] = []
    if let place {
      guard case .list(let list) = fields[place].node else { throw conflict(argument, depth, fields[place].node) }
      items = list
    }
    put(.list(items + [value]), name, at: place, in: &fields)
  }

  private static func put(_ node: Node, _ name: String, at place: Int?, in fields: inout [Field]) {
    if let place { fields[place].node = node } else { fields.append(Field(name: name, node: node)) }
  }

  private static func conflict(_ argument: CallArgument, _ depth: Int, _ node: Node) -> CallArgument.Problem {
    let name = Array(argument.path[...depth]).listName
    let isWhole = depth + 1 == argument.path.count && !argument.isItem
    switch node {
    case .value where isWhole: return .init("'\(name)' is given twice; items of a list are given as '\(name)[]=…'")
    case .value: return .init("'\(name)' has a value already, so that '\(argument.name)' cannot be in it")
    case .list: return .init("'\(name)' is a list already, and '\(argument.name)' is no item of it")
    case .table: return .init("'\(name)' is a table already, and '\(argument.name)' is no part of it")
    }
  }

  /// A JSON object.
  var json: String { Self.json(fields) }

  private static func json(_ fields: [Field]) -> String {
    let members = fields.map { JSONText(quoting: $0.name).text + ":" + json($0.node) }
    return "{" + members.joined(separator: ",") + "}"
  }

  private static func json(_ node: Node) -> String {
    switch node {
    case .value(let value): value.text
    case .list(let items): "[" + items.map(\.text).joined(separator: ",") + "]"
    case .table(let fields): json(fields)
    }
  }
}
