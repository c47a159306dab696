import Lua
import Testing

@Suite struct LuaTapeCursorTests {
  private let tape = Result { () throws(LuaDataError) in
    try LuaTape(
      json: Array(#"{"words":[{"name":"a","count":2.0},{"name":"b","count":null}],"on":true,"":7,"a long key of words":[]}"#.utf8)
    )
  }

  @Test func aTapeIsReadByHand() throws {
    let names = try tape.get().read { (root) throws(LuaDataError) in
      try root.field("words").array { (word) throws(LuaDataError) in try word.field("name").string() }
    }
    #expect(names == ["a", "b"])
    let counts = try tape.get().read { (root) throws(LuaDataError) in
      try root.field("words").array { (word) throws(LuaDataError) in
        try word.optional("count") { (count) throws(LuaDataError) in try count.integer() }
      }
    }
    #expect(counts == [2, nil])
    let others = try tape.get().read { (root) throws(LuaDataError) in
      let long = try root.field("a long key of words").array { (_) throws(LuaDataError) in 0 }
      return (try root.field("on").boolean(), try root.field("").number(), long)
    }
    #expect(others == (true, 7, []))
  }

  @Test func aCursorNamesThePathOfWhatItRefuses() throws {
    let error = try #require(throws: LuaDataError.self) {
      try tape.get().read { (root) throws(LuaDataError) in
        try root.field("words").array { (word) throws(LuaDataError) in try word.field("count").integer() }
      }
    }
    #expect(error.message == ".words[2].count: expected an integer, found null")
    let missing = try #require(throws: LuaDataError.self) {
      try tape.get().read { (root) throws(LuaDataError) in try root.field("a long key of wordS").isNull }
    }
    #expect(missing.message == "no value for 'a long key of wordS'")
  }

  @Test func aCursorVisitsTheFieldsOfAnObject() throws {
    var keys: [String] = []
    try tape.get().read { (root) throws(LuaDataError) in
      try root.fields { (key, value) throws(LuaDataError) in
        if !value.isNull { keys.append(key) }
      }
    }
    #expect(keys == ["words", "on", "", "a long key of words"])
  }
}
