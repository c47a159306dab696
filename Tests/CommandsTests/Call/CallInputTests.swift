import Testing

@testable import Commands

/// What a person types as the input of a call.
@Suite struct CallInputTests {
  private static func json(_ texts: [String]) throws -> String {
    var input = CallInput()
    for text in texts {
      let argument = try CallArgument(text)
      guard case .json(let value) = argument.value else { continue }
      try input.add(argument, value)
    }
    return input.json
  }

  @Test(
    arguments: [
      ([], "{}"), (["text=moon"], #"{"text":"moon"}"#), (["text="], #"{"text":""}"#), (["a=b=c"], #"{"a":"b=c"}"#),
      (["n=3", "x=-1.5e3", "t=true", "f=false", "z=null"], #"{"n":3,"x":-1.5e3,"t":true,"f":false,"z":null}"#),
      (["zip=02134", "n=NaN", "v=1.2.3", "d=2026-01-01"], #"{"zip":"02134","n":"NaN","v":"1.2.3","d":"2026-01-01"}"#),
      ([#"n="3""#, "big=12345678901234567890"], #"{"n":"3","big":12345678901234567890}"#),
      ([#"o={"a": [1]}"#, "l=[1, 2]", "p=[sigh] hello"], #"{"o":{"a": [1]},"l":[1, 2],"p":"[sigh] hello"}"#),
      (["size[width]=10", "size[height]=20"], #"{"size":{"width":10,"height":20}}"#),
      (["a[b][c]=1", "a[d]=x", "e=2", "a[b][f]=3"], #"{"a":{"b":{"c":1,"f":3},"d":"x"},"e":2}"#),
      (["tags[]=a", "n=1", "tags[]=2"], #"{"tags":["a",2],"n":1}"#), (["a[b][]=1", "a[b][]=[]"], #"{"a":{"b":[1,[]]}}"#),
      (["a.b c=ä\"\n\u{1}\\"], #"{"a.b c":"ä\"\n\u0001\\"}"#), (["a[b c]=1"], #"{"a":{"b c":1}}"#),
    ] as [([String], String)])
  func argumentsMakeAnObject(texts: [String], json: String) throws {
    #expect(try Self.json(texts) == json)
    #expect(JSONText(json)?.kind == .object)
  }

  @Test(
    arguments: [
      (["moon"], "'moon' gives no value"), ([#"{"a":1}"#], "--input"), (["=1"], "has no name"), (["[a]=1"], "has no name"),
      (["a[b=1"], "does not close it"), (["a]=1"], "not open"), (["a[b]c=1"], "'c' after a bracket"),
      (["a[b[c]]=1"], "within another"),
      (["a[][b]=1"], "at the end only; give an item as JSON: 'a[]={…}'"), (["a[0]=1"], "one after the other: 'a[]=…'"),
      (["a[b][1]=1"], "'a[b][]=…'"), (["a=1", "a=2"], "'a' is given twice"), (["a[b]=1", "a[b]=2"], "'a[b]' is given twice"),
      (["a=1", "a[b]=2"], "'a' has a value already"), (["a=1", "a[]=2"], "'a' has a value already"),
      (["a[b]=1", "a=2"], "'a' is a table already"), (["a[]=1", "a=2"], "'a' is a list already"),
      (["a[]=1", "a[b]=2"], "'a' is a list already"), (["a[b]=1", "a[]=2"], "'a' is a table already"),
      (["a[b]=1", "a[b][c]=2"], "'a[b]' has a value already, so that 'a[b][c]'"),
      ([#"a={"b":1}"#, "a[c]=2"], "'a' has a value already"),
    ] as [([String], String)])
  func whatCannotBeMeantIsExplained(texts: [String], reason: String) {
    let problem = #expect(throws: CallArgument.Problem.self) { try Self.json(texts) }
    #expect(problem?.description.contains(reason) == true, "\(problem.map(\.description) ?? "none")")
  }

  @Test func aValueMayBeTheContentOfAFile() throws {
    #expect(try CallArgument("text=@a b.txt").value == .file(path: "a b.txt"))
    #expect(try CallArgument(#"text="@home""#).value == .json(JSONText(quoting: "@home")))
    let folder = try TemporaryFolder()
    let path = try folder.write("poem.txt", "moon\n\"sun\"\n")
    let source = InputSource.arguments([try CallArgument("text=@\(path)"), try CallArgument("n=1")])
    #expect(try source.read() == #"{"text":"moon\n\"sun\"\n","n":1}"#)
    let missing = #expect(throws: CommandError.self) {
      try InputSource.arguments([try CallArgument("text=@\(path)x")]).read()
    }
    #expect(missing?.message == "\(path)x cannot be read: No such file or directory")
    #expect(missing?.fix?.contains("begins with @") == true)
    let binary = try folder.write("picture", [0xFF, 0xFE, 0])
    let error = #expect(throws: CommandError.self) { try InputSource.arguments([try CallArgument("a=@\(binary)")]).read() }
    #expect(error?.message.contains("not text in UTF-8") == true)
  }

  @Test func aWholeInputIsAnyJSON() throws {
    let folder = try TemporaryFolder()
    #expect(try InputSource.whole(path: try folder.write("a.json", " [1, {}]\n")).read() == "[1, {}]")
    let path = try folder.write("b.json", "{a: 1}")
    let error = #expect(throws: CommandError.self) { try InputSource.whole(path: path).read() }
    #expect(error?.message == "\(path) holds no JSON")
  }

  @Test(
    arguments: [
      ("words", nil, "words", nil), ("ada/words", "ada", "words", nil), ("ada/words/stream", "ada", "words", "/stream"),
      ("ada/words/a/b?x=1", "ada", "words", "/a/b?x=1"), ("ada/words/", "ada", "words", "/"),
    ] as [(String, String?, String, String?)])
  func anAppIsCalledByItsNameWithOrWithoutAPath(text: String, owner: String?, name: String, path: String?) throws {
    let target = try #require(CallTarget(argument: text))
    #expect(target.app == AppReference(owner: owner, name: name))
    #expect(target.path == path)
  }

  @Test(arguments: ["", "/", "/words", "ada/", "//stream", "ada//x"]) func whatNamesNoAppIsRefused(text: String) {
    #expect(CallTarget(argument: text) == nil)
  }

  @Test(arguments: [("words", "main", "words"), ("words", "lab", "words--lab"), ("words--lab", "main", "words--lab")])
  func theEnvironmentIsPartOfTheName(text: String, environment: String, name: String) throws {
    #expect(try #require(CallTarget(argument: text)).name(in: environment) == name)
  }

  @Test(arguments: [
    ["call"], ["call", "words", "moon"], ["call", "words", "a=1", "--input", "-"], ["call", "words", "--detach"],
    ["call", "words", "--priority", "low"], ["call", "words", "--queue", "--priority", "high"],
    ["call", "ada/words/x", "--path", "/y"], ["call", "words", "--path", "y"], ["call", "words--lab", "--env", "lab"],
    ["call", "words", "--result", "x", "--status", "x"], ["call", "words", "--result", "x", "a=1"],
    ["call", "words", "--cancel", "x", "--queue"], ["call", "words", "--timeout", "soon"],
  ]) func wrongCommandLinesAreRefused(arguments: [String]) {
    let error = #expect(throws: (any Error).self) { try ApoluneCommand.parseAsRoot(arguments) }
    #expect(error.map { ApoluneCommand.exitCode(for: $0).rawValue } == 64)
  }
}
