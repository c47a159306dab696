import AppModel
import RunnerProtocol
import Testing

@testable import Commands

@Suite struct PrintingTests {
  private func record(_ message: String, request: String = "") -> LogRecord {
    LogRecord(nanoseconds: 45_296_789_000_000, level: .warning, source: .script, requestID: request, message: message)
  }

  @Test(arguments: [
    ("hello", "", "12:34:56.789 warn  3f2a91c0  hello"),
    ("hello", "7d1e0a44bbbb", "12:34:56.789 warn  3f2a91c0 req 7d1e0a44  hello"),
    ("one\ntwo\n", "", "12:34:56.789 warn  3f2a91c0  one\n                             two"),
    ("", "", "12:34:56.789 warn  3f2a91c0  "),
    ("a\tb\u{1B}[2Jc\u{07}", "", "12:34:56.789 warn  3f2a91c0  a  b\\x1b[2Jc\\x07"),
    ("\u{1B}[31mred\u{1B}[0m", "", "12:34:56.789 warn  3f2a91c0  red"),
    ("10%\r20%\r\nok", "", "12:34:56.789 warn  3f2a91c0  10%\\r20%\n                             ok"),
    ("\u{202E}evil \u{9B}1A", "", "12:34:56.789 warn  3f2a91c0  \\u{202e}evil \\x9b1A"),
    ("日本", "", "12:34:56.789 warn  3f2a91c0  日本"),
  ])
  func aRecordIsOneLineAndHarmless(message: String, request: String, expected: String) {
    let printer = LogPrinter(style: .plain, secondsFromGMT: 0)
    #expect(printer.format(record(message, request: request), runner: "3f2a91c0d7") == expected)
  }

  @Test func timesAreThoseOfThePlaceAndLevelsHaveColours() {
    let printer = LogPrinter(style: .colored, secondsFromGMT: -13 * 3600)
    #expect(
      printer.format(record("x"), runner: "r1")
        == "\u{1B}[2m23:34:56.789\u{1B}[0m \u{1B}[33mwarn \u{1B}[0m \u{1B}[2mr1\u{1B}[0m  x")
  }

  @Test func columnsAreAlignedByWhatIsSeen() {
    var table = Table([.init("name"), .init("n", .right), .init("note")])
    table.add(["日本", "7", ""])
    table.add(["abc", "1234", "x\u{1B}[2J"])
    #expect(table.render() == "name     n  note\n日本     7\nabc   1234  x\\x1b[2J\n")
    #expect(table.markdown() == "| name | n | note |\n| --- | ---: | --- |\n| 日本 | 7 |  |\n| abc | 1234 | x\\x1b[2J |\n")
    #expect(Table([]).render().isEmpty)
  }

  @Test func theBannerSaysWhatRunsAndHowToCallIt() {
    let machine = Machine(type: "XS", cpu: 0.5, memory: .megabytes(512))
    let banner = Banner(
      app: "words", owner: "ada", auth: .public, machine: machine, enforced: ["memory 512 MB"],
      notEnforced: ["CPU: no cgroup of one's own here"], url: "http://127.0.0.1:8080/ada/words",
      program: .endpoints([Endpoint(path: "/", stream: false, line: 1), Endpoint(path: "/s", stream: true, line: 2)]))
    #expect(
      banner.render() == """
        ada/words runs until you leave
          url       http://127.0.0.1:8080/ada/words
          auth      public: anyone who reaches the address
          machine   XS: 0.5 cores, 512 MB
          held to   memory 512 MB
          not held  CPU: no cgroup of one's own here
          paths     /
                    /s (stream)
          try       curl http://127.0.0.1:8080/ada/words -d '{}'

        """)
  }

  @Test(arguments: [
    (Auth.private, AppDefinition.Program.command(["python3", "a.py"]), "curl -H 'authorization: Key id:secret' U/"),
    (.public, .endpoints([Endpoint(path: "/s", stream: true, line: 1)]), "curl -N U/s -d '{}'"),
    (
      .public, .endpoints([Endpoint(path: "/", stream: false, line: 1, example: #"{"text":"it's"}"#)]),
      #"curl U -d '{"text":"it'\''s"}'"#
    ),
  ])
  func theCurlLineFitsTheApp(auth: Auth, program: AppDefinition.Program, expected: String) {
    let machine = Machine(type: "S", cpu: 1, memory: .gigabytes(1))
    let key = auth == .public ? nil : "id:secret"
    let banner = Banner(app: "a", owner: "b", auth: auth, machine: machine, url: "U", program: program, key: key)
    #expect(banner.curl == expected)
  }

  @Test(arguments: [(["NO_COLOR": "1"], false), (["TERM": "dumb"], false), ([:], false)])
  func aPipeHasNoColours(environment: [String: String], isColored: Bool) {
    // Descriptor -1 is no terminal.
    #expect(Style.detect(descriptor: -1, environment: environment).isColored == isColored)
  }
}
