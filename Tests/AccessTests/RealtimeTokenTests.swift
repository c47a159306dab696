import Testing

@testable import Access

@Suite struct RealtimeTokenTests {
  private let pepper: Pepper
  private let text: String

  init() throws {
    pepper = try #require(Pepper(bytes: Pepper.random()))
    text = try #require(RealtimeToken(key: "k", apps: ["draw", "ada/words"], lasting: 120, at: 100)).text(signedWith: pepper)
  }

  @Test func aTokenIsGoodUntilItsEnd() throws {
    let token = try #require(RealtimeToken(text, pepper: pepper, at: 219))
    #expect(token.key == "k")
    #expect(RealtimeToken(text, pepper: pepper, at: 220) == nil)
  }

  @Test(arguments: [("ada/draw", true), ("bob/draw", true), ("ada/words", true), ("bob/words", false), ("ada/withdraw", false)])
  func itOpensTheAppsThatItNames(app: String, opens: Bool) throws {
    #expect(try #require(RealtimeToken(text, pepper: pepper, at: 100)).opens(app) == opens)
  }

  @Test func whatThisServerDidNotSignIsNothing() throws {
    let other = try #require(Pepper(bytes: Pepper.random()))
    #expect(RealtimeToken(text, pepper: other, at: 100) == nil)
    let forged = try #require(RealtimeToken(key: "root", apps: ["draw"], lasting: 120, at: 100)).text(signedWith: other)
    let mixed = String(forged.prefix { $0 != "." }) + "." + String(text.split(separator: ".")[1])
    for text in ["", ".", "a.b", mixed, text + ".x", String(text.dropLast(4)), String(repeating: "a", count: 5000)] {
      #expect(RealtimeToken(text, pepper: pepper, at: 100) == nil)
    }
  }

  @Test(arguments: [(0.0, 1), (-1, 1), (3601, 1), (.nan, 1), (60, 0), (60, 33)])
  func oneThatIsTooLongOrTooWideIsNotMade(life: Double, apps: Int) {
    #expect(RealtimeToken(key: "k", apps: Array(repeating: "a", count: apps), lasting: life, at: 0) == nil)
  }
}
