import CLua
import Lua
import Testing

@Suite struct LuaTapeCodableTests {
  enum Color: String, Codable { case red, green }

  enum Shape: Codable, Equatable {
    case circle(radius: Double)
    case line(from: [Int], to: [Int])
    case nothing
    case tagged(Color)
  }

  struct Inner: Codable, Equatable {
    var name: String
    var values: [Int]
    var note: String?
  }

  struct Everything: Codable, Equatable {
    var flag = true
    var small: Int8 = -8
    var int = -1
    var large = Int64.max
    var unsigned: UInt32 = 32
    var byte: UInt8 = 255
    var float: Float = 0.5
    var double = 0.1
    var text = "häßlich und länger als fünfzehn Bytes"
    var short = "kurz"
    var bytes: [UInt8] = [0, 255, 10]
    var color = Color.green
    var shapes: [Shape] = [.circle(radius: 2), .line(from: [1, 2], to: []), .nothing, .tagged(.red)]
    var inner = Inner(name: "", values: [1, 2, 3], note: nil)
    var inners = ["a": Inner(name: "x", values: [], note: "n"), "b": Inner(name: "y", values: [9], note: nil)]
    var optional: Int?
    var optionals: [Int?] = [1, nil, 3]
    var names = ["eins", "zwei"]
    var doubles = [1.5, 2]
    var byNumber = [1: "one", 20: "twenty"]
    var matrix = [[1, 2], [3]]
    var flags: Set<String> = ["one"]
    var nested: [String: [String: [Bool]]] = ["a": ["b": [true, false]]]
  }

  @Test func everyShapeComesBackFromATape() throws {
    let value = Everything()
    #expect(try LuaTape(encoding: value).decode(Everything.self) == value)
  }

  @Test func everyShapeComesBackFromJSON() throws {
    let value = Everything()
    #expect(try LuaJSON.decode(Everything.self, from: LuaJSON.encode(value)) == value)
  }

  @Test func fieldsAreFoundInAnyOrder() throws {
    struct Fields: Codable, Equatable { var a, b, c, d, aLongKeyThatNeedsMoreThanOneWord: Int }
    var random = Seeded(seed: 3)
    for _ in 0..<50 {
      let fields = [
        ("a", 1), ("b", 2), ("c", 3), ("d", 4), ("aLongKeyThatNeedsMoreThanOneWord", 5), ("x", 6),
        ("aLongKeyThatNeedsMoreThanOneWorD", 7),
      ]
      let body = fields.shuffled(using: &random).map { "\"\($0)\":\($1)" }.joined(separator: ",")
      let decoded = try LuaJSON.decode([Fields].self, from: Array("[{\(body)},{\(body)}]".utf8))
      #expect(decoded == Array(repeating: Fields(a: 1, b: 2, c: 3, d: 4, aLongKeyThatNeedsMoreThanOneWord: 5), count: 2))
    }
  }

  @Test(arguments: [
    ("3.0", true), ("3.5", false), ("127", true), ("128", false), ("-128", true), ("-129", false), ("1e300", false),
    ("\"1\"", false),
  ])
  func integersAreExactOrRefused(text: String, fits: Bool) throws {
    let decoded = try? LuaJSON.decode(Int8.self, from: Array(text.utf8))
    #expect((decoded != nil) == fits)
  }

  @Test func anEmptyObjectIsAnEmptyArrayToo() throws {
    #expect(try LuaJSON.decode([Int].self, from: Array("{}".utf8)) == [])
    #expect(try LuaJSON.decode([[String]].self, from: Array("[{},[]]".utf8)) == [[], []])
  }

  @Test func aFailureNamesItsPath() throws {
    struct Word: Codable { var name: String }
    struct Words: Codable { var words: [Word] }
    func path(_ text: String) -> String {
      let result = Result { try LuaJSON.decode(Words.self, from: Array(text.utf8)) }
      guard case .failure(let error as DecodingError) = result else { return "no decoding error" }
      let context =
        switch error {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
          .dataCorrupted(let context):
          context
        @unknown default: DecodingError.Context(codingPath: [], debugDescription: "")
        }
      return context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: "/")
    }
    #expect(path(#"{"words":[{"name":"a"},{"name":3}]}"#) == "words/1/name")
    #expect(path(#"{"words":[{"name":"a"},{"nam":"b"}]}"#) == "words/1")
    #expect(path(#"{"words":[{"name":null}]}"#) == "words/0/name")
    #expect(path(#"{"words":{"name":"a"}}"#) == "words")
    #expect(path("[]") == "")
  }

  @Test func integersThatLuaCannotHoldAreRefusedWithTheirPath() throws {
    let error = try #require(throws: EncodingError.self) { try LuaTape(encoding: ["a": [1, UInt64.max]]) }
    guard case .invalidValue(_, let context) = error else { return }
    #expect(context.codingPath.map(\.stringValue) == ["a", "Index 1"])
  }

  @Test func aTapeMayBePartOfAValue() throws {
    struct Envelope: Codable { var id: Int, payload: LuaTape, last: Bool }
    let text = Array(#"{"id":1,"payload":{"a":[1,2.0,null]},"last":true}"#.utf8)
    let envelope = try LuaJSON.decode(Envelope.self, from: text)
    #expect(try envelope.payload.json() == Array(#"{"a":[1,2.0,null]}"#.utf8))
    #expect(try LuaJSON.encode(envelope) == text)
  }

  class Base: Codable {
    var a = 1
  }

  final class Derived: Base {
    var b = 2
    private enum CodingKeys: CodingKey { case b }
    override init() { super.init() }
    required init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      b = try container.decode(Int.self, forKey: .b)
      try super.init(from: container.superDecoder())
    }
    override func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try super.encode(to: container.superEncoder())
      try container.encode(b, forKey: .b)
    }
  }

  @Test func classesEncodeTheirSuperclass() throws {
    let value = Derived()
    value.a = 5
    value.b = 6
    let text = try LuaJSON.encode(value)
    #expect(String(decoding: text, as: UTF8.self) == #"{"super":{"a":5},"b":6}"#)
    let decoded = try LuaJSON.decode(Derived.self, from: text)
    #expect([decoded.a, decoded.b] == [5, 6])
  }

  struct Interleaved: Encodable {
    func encode(to encoder: any Encoder) throws {
      var keyed = encoder.container(keyedBy: Key.self)
      var first = keyed.nestedUnkeyedContainer(forKey: Key("first"))
      var second = keyed.nestedContainer(keyedBy: Key.self, forKey: Key("second"))
      try keyed.encode(1, forKey: Key("third"))
      try first.encode("a")
      try second.encode("x", forKey: Key("k"))
      var inner = first.nestedUnkeyedContainer()
      try first.encode("b")
      try inner.encode(true)
      try inner.encodeNil()
    }
  }

  struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  @Test func containersMayBeFilledInAnyOrder() throws {
    let text = try LuaJSON.encode([Interleaved()])
    #expect(String(decoding: text, as: UTF8.self) == #"[{"first":["a",[true,null],"b"],"second":{"k":"x"},"third":1}]"#)
  }

  struct Failing: Encodable {
    func encode(to encoder: any Encoder) throws {
      var keyed = encoder.container(keyedBy: Key.self)
      try keyed.encode(1, forKey: Key("before"))
      try? keyed.encode(Everywhere(), forKey: Key("failed"))
      try keyed.encode(2, forKey: Key("after"))
    }
  }

  struct Everywhere: Encodable {
    struct Stop: Error {}
    func encode(to encoder: any Encoder) throws {
      var list = encoder.unkeyedContainer()
      try list.encode([1, 2, 3])
      throw Stop()
    }
  }

  @Test func nothingStaysOfAValueThatFails() throws {
    #expect(String(decoding: try LuaJSON.encode(Failing()), as: UTF8.self) == #"{"before":1,"after":2}"#)
    #expect(throws: Everywhere.Stop.self) { try LuaJSON.encode([Everywhere()]) }
  }

  indirect enum Tree: Codable { case leaf, node(Tree) }

  @Test func encodingIsBoundedInDepth() {
    var tree = Tree.leaf
    for _ in 0..<1000 { tree = .node(tree) }
    #expect(throws: EncodingError.self) { try LuaTape(encoding: tree) }
  }

  @Test func largeDictionariesTakeLinearTime() throws {
    let words = Dictionary(uniqueKeysWithValues: (0..<50_000).map { ("a rather long word \($0)", $0) })
    let clock = ContinuousClock()
    let start = clock.now
    #expect(try LuaTape(encoding: words).decode([String: Int].self) == words)
    #expect(clock.now - start < .seconds(5))
  }
}
