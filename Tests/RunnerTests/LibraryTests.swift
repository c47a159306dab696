import Foundation
import Glibc
import RunnerProtocol
import Testing

@Suite struct LibraryTests {
  /// What a handler with this body answers.
  private func result(_ body: String, _ change: (inout LaunchSpec) -> Void = { _ in }) throws -> String {
    let runner = try TestRunner(EndpointTests.handler(body))
    try runner.start(.endpoints, change)
    let answer = try runner.call()
    return answer.status == 200 ? answer.body : "\(answer.status): " + (runner.logs.last?.message ?? answer.body)
  }

  @Test(arguments: [
    ("return crypto.hash('sha256', 'abc')", "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\""),
    ("return crypto.hash('md5', '')", "\"d41d8cd98f00b204e9800998ecf8427e\""),
    (
      "return crypto.hmac('sha256', 'key', 'The quick brown fox jumps over the lazy dog')",
      "\"f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8\""
    ),
    ("return #crypto.random(33)", "33"),
    ("return crypto.uuid():match('^%x+%-%x+%-4%x+%-[89ab]%x+%-%x+$') ~= nil and #crypto.uuid()", "36"),
    ("return crypto.uuid() ~= crypto.uuid()", "true"),
    ("return base64.encode('hello')", "\"aGVsbG8=\""),
    ("return base64.decode('aGVsbG8=')", "\"hello\""),
    ("local ok, e = pcall(base64.decode, '!') return tostring(e):match('not base64')", "\"not base64\""),
    ("return time.format(0)", "\"1970-01-01T00:00:00.000Z\""),
    ("return time.parse('1970-01-02')", "86400.0"),
    ("return time.parse('x') == nil", "true"),
    ("local d = time.date(0) return { d.year, d.month, d.day, d.hour, d.min, d.sec, d.wday, d.yday }", "[1970,1,1,0,0,0,5,1]"),
    ("local t = time.monotonic() sleep(0.02) return time.monotonic() - t >= 0.02 and time.now() > 1.7e9", "true"),
    ("return pcall(sleep, -1)", "false"),
    ("return pcall(sleep, 0/0)", "false"),
    ("return env.COLOR", "\"green\""),
    ("return { env.NONE == nil, (pcall(function() env.COLOR = 1 end)) }", "[true,false]"),
    ("local n = 0 for k, v in pairs(env) do n = n + 1 end return n", "1"),
    ("return secret('KEY')", "\"s3cret\""),
    ("local ok, e = pcall(secret, 'NONE') return tostring(e):match('is not set') ~= nil", "true"),
    ("return json.decode(json.encode { 1, { a = json.null } })", #"[1,{"a":null}]"#),
  ])
  func librariesDoWhatTheySay(body: String, json: String) throws {
    let answer = try result(body) {
      $0.env = ["COLOR": "green"]
      $0.secrets = ["KEY": "s3cret"]
    }
    #expect(answer == json)
  }

  @Test func logRecordsHaveLevelsAndFields() throws {
    let runner = try TestRunner(
      EndpointTests.handler(
        "log.debug('a') log.info('b', { x = 1, y = 'two words', z = { 1 } }) log.warn('c') log.error('d', print) print('e', nil, 1)"
      ))
    try runner.start()
    _ = try runner.answer(runner.request(id: "q"))
    let logs = runner.logs.filter { $0.source == .script }
    #expect(logs.map(\.level) == [.debug, .info, .warning, .error, .info])
    #expect(logs.allSatisfy { $0.requestID == "q" })
    #expect(logs[1].message == "b x=1 y=\"two words\" z=[1]")
    #expect(logs[3].message.hasPrefix("d function:") || logs[3].message.hasPrefix("d builtin:"))
    #expect(logs[4].message == "e\tnil\t1")
  }

  @Test func aScriptThatLogsTooFastWaits() throws {
    let runner = try TestRunner(EndpointTests.handler("for i = 1, 2000 do log.info(('x'):rep(20000)) end return 1"))
    try runner.start()
    let stream = runner.request()
    usleep(500_000)
    #expect(try residentKilobytes(runner.pid) < 60_000)
    #expect(try runner.answer(stream).status == 200)
    #expect(runner.logs.count == 2000)
  }

  @Test func filesAreReadFromTheBundleAndWrittenToMounts() throws {
    var files = EndpointTests.handler(
      """
      files.write("/data/out.txt", files.read("words.txt") .. "!")
      return { files.read("/data/out.txt"), files.exists("words.txt"), files.exists("no.txt"), files.list("/data")[1],
        pcall(files.write, "words.txt", "x"), (pcall(files.read, "../../etc/passwd")) }
      """)
    files["words.txt"] = "one"
    let runner = try TestRunner(files)
    let data = runner.folder + "/data"
    try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
    try runner.start { $0.dataMounts = ["/data": data] }
    let answer = try runner.call()
    #expect(answer.body.hasPrefix(#"["one!",true,false,"out.txt",false,false]"#), "\(answer.body) \(runner.logs)")
    #expect(try String(contentsOfFile: data + "/out.txt", encoding: .utf8) == "one!")
  }

  @Test func requireFindsModulesOfTheBundle() throws {
    var files = EndpointTests.handler("return require('lib.double')(21)")
    files["app.lua"] = "local double = require 'lib.double'\n" + (files["app.lua"] ?? "")
    files["lib/double.lua"] = "return function(n) return 2 * n end"
    let runner = try TestRunner(files)
    try runner.start()
    #expect(try runner.call().body == "42")
  }
}
