import Foundation
import Glibc
import Lua
import RunnerProtocol
import Testing

@Suite struct ConnectionTests {
  @Test func aRunnerThatNobodyConnectsToEnds() throws {
    let runner = try TestRunner()
    #expect(try runner.waitForExit(seconds: 8) == .code(4))
  }

  @Test func aRunnerEndsAtOnceWhenAskedBeforeItsLaunch() throws {
    let runner = try TestRunner()
    try runner.connect()
    usleep(50_000)
    runner.signal(SIGTERM)
    #expect(try runner.waitForExit() == .code(0))
  }

  @Test func framesThatMayNotComeCloseTheConnection() throws {
    let bad: [(String, [UInt8])] = [
      ("unknown kind", [0, 0, 0, 0, 99, 0, 0, 0, 0, 0, 0, 0]),
      ("too long", [255, 255, 255, 255, 2, 0, 0, 0, 1, 0, 0, 0]),
      ("flags", [0, 0, 0, 0, 2, 1, 0, 0, 1, 0, 0, 0]),
      ("the runner's own kind", [0, 0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 0]),
      ("a request before the launch", [0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0]),
      ("a launch that is no JSON", [1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 33]),
    ]
    let runner = try TestRunner()
    for (what, bytes) in bad {
      try runner.connect()
      runner.send(bytes: bytes)
      #expect(throws: Never.self, "\(what)") { try runner.expectClose() }
    }
    // And the next host is served.
    try runner.start(.command) { $0.command = ["sh", "-c", "exec python3 -m http.server --bind 127.0.0.1 $PORT"] }
  }

  @Test func randomBytesNeverEndTheRunner() throws {
    let runner = try TestRunner()
    for seed in 0..<200 as Range<UInt64> {
      var random = SplitMix(seed: seed)
      try runner.connect()
      var bytes = (0..<Int.random(in: 1...400, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      // Half of them get past the header.
      if seed % 2 == 0 {
        let kind = FrameKind.allCases.randomElement(using: &random) ?? .launch
        var framed: [UInt8] = []
        framed.append(frame: kind, stream: 1) { $0 += bytes }
        bytes = framed
      }
      // `drain` before a launch is a legal way to end.
      if bytes.count > 4, bytes[4] == FrameKind.drain.rawValue { continue }
      runner.send(bytes: bytes)
    }
    try runner.connect()
    runner.signal(SIGTERM)
    #expect(try runner.waitForExit() == .code(0))
  }
}

/// A small seeded generator, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
