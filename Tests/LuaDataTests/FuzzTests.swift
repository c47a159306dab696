import Foundation
import Lua
import Testing

/// Random and damaged input. Two seconds in every test run; `scripts/fuzz-lua N` runs N rounds from another seed.
@Suite struct FuzzTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let rounds = environment["APOLUNE_FUZZ_ROUNDS"].flatMap(Int.init)
  private static let seed = environment["APOLUNE_FUZZ_SEED"].flatMap(UInt64.init) ?? 1

  /// Runs `body` for the rounds that were asked for, or for two seconds.
  private func fuzz(_ body: (inout Seeded, Int) throws -> Void) rethrows {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(2)
    var round = 0
    while Self.rounds.map({ round < $0 }) ?? (clock.now < end) {
      var random = Seeded(seed: Self.seed &+ UInt64(round))
      try body(&random, round)
      round += 1
    }
  }

  private static let seeds = [
    #"{"a":[1,2.5,-3e10,true,false,null,"text \u00e9\ud83d\ude00\n"],"b":{"c":{},"d":[]},"a":2,"longer key than a word":"é€😀"}"#,
    #"[[[[[[]]]]],{"":{"":{"":0}}},123456789012345678901234567890,1e-400,0.1,18446744073709551615]"#,
    #"{"words":[{"name":"x","count":1,"tags":["a","b"]},{"name":"y","count":2.0,"tags":null}],"map":{"k":1.5},"raw":"bytes"}"#,
  ].map { Array($0.utf8) }

  private static let pieces = [
    "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "null", "true", "1", "-", ".", "e9", "\u{1}", "é", " ",
  ].map { Array($0.utf8) }

  private func mutated(_ random: inout Seeded) -> [UInt8] {
    var bytes = Self.seeds.randomElement(using: &random) ?? []
    for _ in 0..<Int.random(in: 0...6, using: &random) {
      let at = Int.random(in: 0...bytes.count, using: &random)
      switch Int.random(in: 0..<5, using: &random) {
      case 0 where at < bytes.count: bytes[at] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes.insert(contentsOf: Self.pieces.randomElement(using: &random) ?? [], at: at)
      case 2: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 0...9, using: &random)))
      case 3: bytes.insert(contentsOf: bytes[..<at].suffix(20), at: at)
      default: bytes.append(UInt8.random(in: 0...255, using: &random))
      }
    }
    return bytes
  }

  struct Word: Codable { var name: String, count: Int, tags: [String]? }
  struct Words: Codable { var words: [Word], map: [String: Double], raw: [UInt8] }

  /// Reads a tape in all the ways that there are; only typed errors may come out.
  private func read(_ tape: LuaTape) throws {
    func attempt<T: Decodable>(_ type: T.Type) throws {
      do {
        _ = try tape.decode(type)
      } catch is DecodingError {}
    }
    try attempt(Words.self)
    try attempt([LuaTape].self)
    try attempt([String: LuaTape].self)
    try attempt([[UInt8]].self)
    try attempt([Double?].self)
    try attempt(String.self)
  }

  @Test func parsersAgreeAndWhatTheyAcceptComesBack() throws {
    var state = try LuaState()
    try fuzz { random, round in
      if round % 1000 == 999 { state = try LuaState() }
      let text = mutated(&random)
      let value = Result { try text.withUnsafeBytes { try state.value(json: $0) } }
      let tape: LuaTape
      do {
        tape = try LuaTape(json: text)
      } catch {
        if case .success = value { Issue.record("only the tape refuses round \(round): \(text)") }
        return
      }
      if case .failure(let error) = value { Issue.record("only Lua refuses round \(round): \(text) \(error)") }
      let written = try tape.json()
      #expect(try LuaTape(json: written).json() == written, "round \(round)")
      #expect(try LuaTape(json: tape.json(pretty: true)).json() == written, "round \(round)")
      try read(tape)
      guard case .success(.table(let table)) = value else { return }
      // Objects may come back in another order, and an empty array keeps its mark.
      #expect(try table.json().sorted() == written.sorted(), "round \(round)")
      #expect(try table.tape().json().sorted() == written.sorted(), "round \(round)")
    }
  }

  @Test func randomBytesAreRefusedOrRead() throws {
    try fuzz { random, _ in
      let text = (0..<Int.random(in: 0...40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      do {
        try read(try LuaTape(json: text))
      } catch is LuaDataError {}
    }
  }
}
