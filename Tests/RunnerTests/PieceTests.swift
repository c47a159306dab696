import Foundation
import Testing

@testable import Runner

@Suite struct Base64Tests {
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
  ])
  func theVectorsOfRFC4648HoldBothWays(plain: String, encoded: String) {
    let bytes = Array(plain.utf8)
    let text = Array(encoded.utf8)
    #expect(bytes.withUnsafeBytes { Base64.encode($0) } == text)
    #expect(text.withUnsafeBytes { Base64.decode($0) } == bytes)
  }

  @Test func everyByteSurvives() {
    for length in 0..<70 {
      let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 37 + length) }
      let text = bytes.withUnsafeBytes { Base64.encode($0) }
      #expect(Data(bytes).base64EncodedString() == String(decoding: text, as: UTF8.self))
      #expect(text.withUnsafeBytes { Base64.decode($0) } == bytes)
    }
  }

  @Test(arguments: ["Z", "Zg=", "Zg===", "Zh==", "Z m8", "Zm8=Zm8=", "=", "\u{e4}"])
  func whatIsNoBase64IsRefused(text: String) {
    #expect(Array(text.utf8).withUnsafeBytes { Base64.decode($0) } == nil)
  }

  @Test(arguments: [("Zg", "f"), ("_-8", "\u{fffd}\u{fffd}")]) func theURLAlphabetWithoutPaddingIsRead(
    text: String, plain: String
  ) {
    let decoded = Array(text.utf8).withUnsafeBytes { Base64.decode($0) }
    #expect(decoded.map { String(decoding: $0, as: UTF8.self) } == plain)
  }
}

@Suite struct TimestampTests {
  @Test(arguments: [
    (0.0, "1970-01-01T00:00:00.000Z"), (1_769_860_800.25, "2026-01-31T12:00:00.250Z"), (-0.5, "1969-12-31T23:59:59.500Z"),
    (951_782_400, "2000-02-29T00:00:00.000Z"), (-62_135_596_800, "0001-01-01T00:00:00.000Z"),
  ])
  func aMomentIsWrittenAndReadBack(seconds: Double, text: String) {
    #expect(Timestamp.format(seconds) == text)
    #expect(Timestamp.parse(text) == seconds)
  }

  @Test(arguments: [
    ("2026-01-31", 1_769_817_600.0), ("2026-01-31T12:00", 1_769_860_800), ("2026-01-31 12:00:00+02:00", 1_769_853_600),
    ("2026-01-31T12:00:00-00:30", 1_769_862_600),
  ])
  func otherFormsAreRead(text: String, seconds: Double) {
    #expect(Timestamp.parse(text) == seconds)
  }

  @Test(arguments: [
    "", "2026", "2026-13-01", "2026-02-29", "2026-01-31T", "2026-01-31T25:00", "2026-01-31T12:00:00.Z", "2026-01-31T12:00X",
    "2026-01-31T12:00:00+2", "0000-01-01", "２026-01-01",
  ])
  func whatIsNoMomentIsRefused(text: String) {
    #expect(Timestamp.parse(text) == nil)
  }

  @Test func momentsBeyondTheCalendarHaveNoText() {
    for seconds in [1e12, -1e12, .infinity, .nan] { #expect(Timestamp.format(seconds) == nil) }
  }
}

@Suite struct ReplSourceTests {
  @Test(arguments: [
    ("local x = 1", "      x = 1"),
    ("local x", "      x = nil"),
    ("local a, b", "      a, b = nil"),
    ("local a <const>, b = 1, 2", "      a        , b = 1, 2"),
    ("local f <close> = g()", "local f <close> = g()"),
    ("local function f() local y = 1 end", "      function f() local y = 1 end"),
    ("do local x = 1 end local y = 2", "do local x = 1 end       y = 2"),
    ("for i = 1, 2 do local z end", "for i = 1, 2 do local z end"),
    ("if a then local b end local c", "if a then local b end       c = nil"),
    ("repeat local q = 1 until q local r = 2", "repeat local q = 1 until q       r = 2"),
    ("s = 'local x' local t = [==[ end ]] ]==]", "s = 'local x'       t = [==[ end ]] ]==]"),
    ("-- local x\nlocal y = 1 --[[ local z ]] local w", "-- local x\n      y = 1 --[[ local z ]]       w = nil"),
    ("t = { local_ = 1 } localx = 2", "t = { local_ = 1 } localx = 2"),
    ("'\\'local x'", "'\\'local x'"),
    ("local", "local"),
    ("\"unfinished", "\"unfinished"),
  ])
  func topLevelLocalsBecomeAssignments(source: String, rewritten: String) {
    #expect(String(decoding: ReplSource(Array(source.utf8)).withPersistentLocals(), as: UTF8.self) == rewritten)
  }

  @Test(arguments: [("= 1 + 1", " 1 + 1"), ("  =x", "x"), ("x = 1", "x = 1"), ("", "")])
  func aLeadingEqualsIsDropped(source: String, rest: String) {
    #expect(String(decoding: ReplSource.withoutLeadingEquals(Array(source.utf8)), as: UTF8.self) == rest)
  }

  @Test func randomSourceNeverTraps() {
    let pieces = [
      "local", " ", "x", "<", "const", "close", ">", ",", "=", "function", "end", "do", "\"", "'", "[[", "]]", "--", "\n", "\\",
      "[=", "{",
    ]
    var random = SplitMix(seed: 7)
    for _ in 0..<5000 {
      let source = (0..<Int.random(in: 0...12, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
      _ = ReplSource(Array(source.utf8)).withPersistentLocals()
    }
  }
}

@Suite struct FileTreeTests {
  let root: String
  let tree: FileTree

  init() throws {
    root = FileManager.default.temporaryDirectory.path + "/files-\(UUID().uuidString.prefix(8))"
    for folder in ["bundle/inner", "data", "outside"] {
      try FileManager.default.createDirectory(atPath: root + "/" + folder, withIntermediateDirectories: true)
    }
    try "hello".write(toFile: root + "/bundle/a.txt", atomically: false, encoding: .utf8)
    try "deep".write(toFile: root + "/bundle/inner/b.txt", atomically: false, encoding: .utf8)
    try "secret".write(toFile: root + "/outside/s.txt", atomically: false, encoding: .utf8)
    for (link, target) in [
      ("bundle/out", "../outside"), ("data/out", root + "/outside"), ("data/s.txt", root + "/outside/s.txt"),
    ] {
      try FileManager.default.createSymbolicLink(atPath: root + "/" + link, withDestinationPath: target)
    }
    tree = try FileTree(bundle: root + "/bundle", mounts: ["/data": root + "/data"])
  }

  @Test(arguments: [("a.txt", "hello"), ("./inner/../a.txt", "hello"), ("inner//b.txt", "deep")])
  func filesOfTheBundleAreRead(path: String, text: String) throws {
    #expect(String(decoding: try tree.read(path), as: UTF8.self) == text)
    #expect(try tree.exists(path))
  }

  @Test(arguments: [
    "../outside/s.txt", "inner/../../outside/s.txt", "out/s.txt", "/data/../bundle/a.txt", "/data/out/s.txt", "/data/s.txt",
    "/etc/passwd", "/database", "/data\u{0}/x",
  ])
  func nothingLeadsOutOfTheFolders(path: String) throws {
    #expect(throws: FileError.self) { try tree.read(path) }
    // Writing replaces a link, whatever it points to.
    let bytes = Array("x".utf8)
    _ = try? bytes.withUnsafeBytes { try tree.write(path, $0) }
    #expect(try String(contentsOfFile: root + "/outside/s.txt", encoding: .utf8) == "secret")
    #expect(try FileManager.default.contentsOfDirectory(atPath: root + "/outside") == ["s.txt"])
  }

  @Test func theBundleIsReadOnlyAndMountsAreNot() throws {
    let bytes = Array("new".utf8)
    #expect(throws: FileError.self) { try bytes.withUnsafeBytes { try tree.write("a.txt", $0) } }
    try bytes.withUnsafeBytes { try tree.write("/data/made/for/it.txt", $0) }
    try bytes.withUnsafeBytes { try tree.write("/data/made/for/it.txt", $0) }
    #expect(try tree.read("/data/made/for/it.txt") == bytes)
    #expect(try tree.list("/data/made/for") == ["it.txt"])
  }

  @Test func aMissingFileSaysWhatToDo() throws {
    #expect(try tree.exists("no.txt") == false)
    do {
      _ = try tree.read("no.txt")
      Issue.record("it was read")
    } catch {
      #expect("\(error)".contains("add it to files"))
    }
  }

  @Test func aFolderIsListedAndIsNoFile() throws {
    #expect(try tree.list(".") == ["a.txt", "inner/", "out"])
    #expect(throws: FileError.self) { try tree.read("inner") }
    #expect(throws: FileError.self) { try tree.list("a.txt") }
  }

  @Test func aPipeDoesNotMakeTheRunnerWait() throws {
    #expect(mkfifo(root + "/data/pipe", 0o600) == 0)
    #expect(throws: FileError.self) { try tree.read("/data/pipe") }
  }
}

@Suite struct LoopTests {
  @Test func timersRunInOrderAndCancelledOnesDoNot() throws {
    let loop = try EventLoop()
    var order: [Int] = []
    let cancelled = loop.after(.milliseconds(1)) { order.append(0) }
    for number in [3, 1, 2] { loop.after(.milliseconds(number * 5)) { order.append(number) } }
    cancelled.cancel()
    loop.after(.milliseconds(20)) { loop.stop() }
    try loop.run()
    #expect(order == [1, 2, 3])
  }

  @Test func workThatTheEndOfATickLeavesIsDoneAtOnce() throws {
    let loop = try EventLoop()
    var isLeft = false
    loop.hasWork = { isLeft }
    loop.work = { loop.stop() }
    loop.atEndOfTick { isLeft = true }
    let limit = loop.after(.seconds(5)) {
      Issue.record("the loop slept")
      loop.stop()
    }
    try loop.run()
    limit.cancel()
  }

  @Test func manyCancelledTimersDoNotPileUp() {
    var queue = TimerQueue()
    var random = SplitMix(seed: 1)
    var expected: [UInt64] = []
    for _ in 0..<20_000 {
      let deadline = UInt64.random(in: 1...1_000_000, using: &random)
      let entry = queue.add(at: deadline) {}
      if Int.random(in: 0..<10, using: &random) > 0 { entry.cancel() } else { expected.append(deadline) }
    }
    #expect(queue.count < 5 * expected.count)
    var seen: [UInt64] = []
    while let deadline = queue.nextDeadline() {
      seen.append(deadline)
      #expect(queue.popDue(now: deadline) != nil)
    }
    #expect(seen == expected.sorted())
  }
}

@Suite struct LineBufferTests {
  @Test func linesAreCutAndLongOnesToo() {
    var buffer = LineBuffer()
    var lines: [String] = []
    for piece in ["one\ntw", "o\r\n\n", String(repeating: "x", count: 40_000), "\nend"] {
      Array(piece.utf8).withUnsafeBytes { buffer.append($0) { lines.append($0) } }
    }
    buffer.finish { lines.append($0) }
    #expect(lines.prefix(3) == ["one", "two", ""])
    #expect(lines.allSatisfy { $0.utf8.count <= LineBuffer.lineMax })
    #expect(lines.joined().filter { $0 == "x" }.count == 40_000)
    #expect(lines.last == "end")
  }

  @Test(arguments: [("HTTP/1.1 200 OK", 200), ("HTTP/1.0 503", 503), ("HTTP/1.1 20", nil), ("SSH-2.0 x", nil), ("", nil)])
  func theStatusOfAHealthCheckIsRead(answer: String, status: Int?) {
    #expect(HealthProbe.status(of: Array(answer.utf8)) == status)
  }
}
