import AppModel
import ControlAPI
import Testing

@testable import Commands

/// What a person types, as values.
@Suite struct WordsTests {
  @Test(
    arguments: [
      ("now", 1000), ("30m", -800), ("1h", -2600), ("1970-01-01T00:00:10Z", 10), ("1970-01-01T01:00:10+01:00", 10),
      ("1970-01-01t00:00:10.5z", 10.5), ("1970-01-02", 86_400), ("1970-01-01T00:00:10", 10), ("yesterday", nil), ("", nil),
      ("-5m", nil), ("1970-13-01", nil),
    ] as [(String, Double?)])
  func timesAreNowOrAgoOrISO8601(text: String, seconds: Double?) {
    #expect(Moment(argument: text)?.seconds(now: 1000) == seconds)
  }

  @Test(
    arguments: [("30", 30), ("1.5", 1.5), ("90s", 90), ("1m30s", 90), ("0", 0), ("-1", nil), ("x", nil), ("inf", nil)]
      as [(String, Double?)])
  func durationsMayBeBareSeconds(text: String, seconds: Double?) {
    #expect(DurationArgument(argument: text)?.duration.inSeconds == seconds)
  }

  @Test(
    arguments: [
      ("words", AppReference(owner: nil, name: "words")), ("ada/words", AppReference(owner: "ada", name: "words")),
      ("a/b/c", nil), ("/words", nil), ("", nil),
    ] as [(String, AppReference?)])
  func anAppIsNamedWithOrWithoutItsOwner(text: String, app: AppReference?) {
    #expect(AppReference(argument: text) == app)
  }

  @Test(arguments: [("3", "words-3"), ("words-3", "words-3"), ("other", "other"), ("", "")])
  func aRevisionMayBeItsNumber(text: String, revision: String) {
    #expect(AppReference(owner: nil, name: "words").revision(text) == revision)
  }

  @Test(
    arguments: [
      ("words-3", nil, "words", "words-3"), ("ada/my-words-12", nil, "my-words", "my-words-12"),
      ("words", "3", "words", "words-3"), ("words", "words-3", "words", "words-3"), ("words", nil, nil, nil),
      ("-3", nil, nil, nil), ("words-", nil, nil, nil), ("words-3x", nil, nil, nil),
    ] as [(String, String?, String?, String?)])
  func aRevisionNamesItsApp(text: String, second: String?, app: String?, revision: String?) {
    let reference = RevisionReference(text, of: second)
    #expect(reference?.app.name == app)
    #expect(reference?.revision == revision)
  }

  @Test(
    arguments: [("10", .last(10)), ("+10", .first(10)), ("0", .last(0)), ("-1", nil), ("", nil), ("9999999", nil)]
      as [(String, LineCount?)])
  func linesAreCountedFromEitherEnd(text: String, count: LineCount?) {
    #expect(LineCount(argument: text) == count)
  }

  @Test(
    arguments: [
      ("127.0.0.1:8090", ListenAddress(host: "127.0.0.1", port: 8090)), ("[::1]:0", ListenAddress(host: "::1", port: 0)),
      ("box:65536", nil), ("box", nil), (":80", nil), ("::1:80", nil), ("a b:80", nil), ("box:", nil), ("box:-1", nil),
    ] as [(String, ListenAddress?)])
  func anAddressToListenAtHasAHostAndAPort(text: String, address: ListenAddress?) {
    #expect(ListenAddress(argument: text) == address)
  }

  @Test(
    arguments: [("a=b", "a", "b"), ("a=b=c", "a", "b=c"), ("a=", "a", ""), ("=b", nil, nil), ("a", nil, nil)]
      as [(String, String?, String?)])
  func annotationsHaveAKey(text: String, key: String?, value: String?) {
    let annotation = Annotation(argument: text)
    #expect(annotation?.key == key)
    #expect(annotation?.value == value)
  }

  @Test(
    arguments: [
      ("app.lua", "app.lua", nil), ("a/b.lua::words", "a/b.lua", "words"), ("::x", "::x", nil), ("a::", "a::", nil),
    ] as [(String, String, String?)])
  func oneAppOfAScriptIsNamedAfterTwoColons(text: String, path: String, app: String?) {
    #expect(DeploySource(text).path == path)
    #expect(DeploySource(text).app == app)
  }

  @Test(
    arguments: [(["M", "L"], ["M", "L"]), (["M,L", " S"], ["M", "L", "S"]), ([], nil), ([","], nil)]
      as [([String], [String]?)])
  func severalWordsMayHaveCommas(words: [String], split: [String]?) {
    #expect(WordList.split(words) == split)
  }

  @Test func onlyTheWordItselfConfirms() {
    let confirmation = Confirmation(warning: "", word: "staging")
    #expect(confirmation.accepts(" staging "))
    #expect(!confirmation.accepts("Staging"))
    #expect(!confirmation.accepts(""))
  }

  @Test func whatIsNotSaidStaysWhenScaling() throws {
    let command = try #require(
      ApoluneCommand.parseAsRoot([
        "app", "scale", "words", "--keep-alive", "5m", "--request-start-timeout", "0", "--machine-types", "M,L",
        "--regions", "eu", "us", "--concurrency-buffer-perc", "20",
      ]) as? AppsScaleCommand)
    var settings = SettingsChange()
    settings.keepAlive = InSeconds(wrappedValue: .seconds(300))
    settings.requestStartTimeout = InSeconds(wrappedValue: .zero)
    settings.regions = ["eu", "us"]
    settings.concurrencyBufferPercentage = 20
    #expect(command.request == ScaleRequest(settings: settings, machineTypes: ["M", "L"]))
  }

  @Test(arguments: [
    ["apps", "scale", "words"], ["apps", "scale", "words", "--max-concurrency", "many"], ["runners", "list", "--state", "odd"],
    ["runners", "list", "--since", "25h"], ["deploy", "a.lua", "--strategy", "blue"], ["deploy", "a.lua", "--annotation", "x"],
    ["runners", "logs", "x", "-f", "--until", "now"], ["apps", "history", "x", "-n", "0"], ["apps", "list-rev"],
    ["apps", "runners", "a/b/c"],
  ]) func wrongCommandLinesAreRefused(arguments: [String]) {
    let error = #expect(throws: (any Error).self) { try ApoluneCommand.parseAsRoot(arguments) }
    #expect(error.map { ApoluneCommand.exitCode(for: $0).rawValue } == 64)
  }

  @Test func followingALogBeginsAMinuteAgo() throws {
    func query(_ more: String...) throws -> [ControlQuery: String] {
      let command = try ApoluneCommand.parseAsRoot(["runners", "logs", "x"] + more)
      return try #require(command as? RunnersLogsCommand).query(now: 1000)
    }
    #expect(try query() == [:])
    #expect(try query("-f") == [.since: "940.0", .follow: "true"])
    #expect(try query("-f", "-n", "5") == [.last: "5", .follow: "true"])
    #expect(try query("-n", "+5", "--search", "a b", "--since", "now") == [.first: "5", .search: "a b", .since: "1000.0"])
  }
}
