import Glibc
import Synchronization
import Testing

@testable import Commands

/// One after the other: the terminal to put back at exit is one for the whole process.
@Suite(.serialized) struct PromptTerminalTests {
  let pseudo: PseudoTerminal

  init() throws { pseudo = try PseudoTerminal() }

  private func terminal(history: HistoryFile? = nil) throws -> PromptTerminal {
    try PromptTerminal(
      prompt: Prompt("> ", next: "| "), history: history, input: pseudo.terminal, output: pseudo.terminal)
  }

  @Test func aLineIsReadWithEditing() async throws {
    let terminal = try terminal()
    async let line = terminal.next(after: "")
    _ = await pseudo.shown(until: "> ")
    #expect(!pseudo.isCooked)
    pseudo.type("bd\u{1B}[Da\u{7F}é日\u{5}!\r")
    #expect(await line == .source("bé日d!"))
    await terminal.close()
  }

  @Test func theTerminalIsPutBack() async throws {
    let terminal = try terminal()
    #expect(!pseudo.isCooked)
    await terminal.close()
    #expect(pseudo.isCooked)
    #expect(await terminal.next(after: "") == .end)
  }

  @Test func logsStandAboveThePromptAndTheLineIsKept() async throws {
    let terminal = try terminal()
    async let line = terminal.next(after: "")
    _ = await pseudo.shown(until: "> ")
    pseudo.type("ab")
    _ = await pseudo.shown(until: "> ab")
    pseudo.clear()
    terminal.print("a log line")
    let shown = await pseudo.shown(until: "[4C")
    #expect(shown == "\r\u{1B}[Ja log line\r\n> ab\r\u{1B}[4C")
    pseudo.type("c\r")
    #expect(await line == .source("abc"))
    await terminal.close()
  }

  @Test func ctrlDLeavesAndCtrlCCancels() async throws {
    let terminal = try terminal()
    async let cancelled = terminal.next(after: "")
    _ = await pseudo.shown(until: "> ")
    pseudo.type("ab\u{3}")
    #expect(await cancelled == .cancelled)
    async let left = terminal.next(after: "")
    pseudo.type("\u{4}")
    #expect(await left == .end)
    await terminal.close()
  }

  @Test func ctrlCInterruptsWhatRunsAndKeysTypedAheadWait() async throws {
    let terminal = try terminal()
    let interrupts = Mutex(0)
    await withCheckedContinuation { continuation in
      terminal.onInterrupt {
        interrupts.withLock { $0 += 1 }
        continuation.resume()
      }
      pseudo.type("\u{3}")
    }
    #expect(interrupts.withLock { $0 } == 1)
    pseudo.type("ahead\r")
    #expect(await terminal.next(after: "") == .source("ahead"))
    await terminal.close()
  }

  @Test func anUnfinishedStatementIsEditedAsAWhole() async throws {
    let terminal = try terminal()
    async let block = terminal.next(after: "if a then")
    let shown = await pseudo.shown(until: "| ")
    #expect(shown.contains("> if a then\r\r\n| "))
    pseudo.type("end\u{1B}[A\u{5} --x\r")
    #expect(await block == .source("if a then --x\nend"))
    await terminal.close()
  }

  @Test func aPastedBlockIsOneSource() async throws {
    let terminal = try terminal()
    async let block = terminal.next(after: "")
    _ = await pseudo.shown(until: "\u{1B}[?2004h")
    pseudo.type("\u{1B}[200~for i = 1, 3 do\n\tprint(i)\nend\u{1B}[201~\r")
    #expect(await block == .source("for i = 1, 3 do\n\tprint(i)\nend"))
    await terminal.close()
  }

  @Test func aCancelledReaderGetsTheEnd() async throws {
    let terminal = try terminal()
    let reading = Task { await terminal.next(after: "") }
    _ = await pseudo.shown(until: "> ")
    reading.cancel()
    #expect(await reading.value == .end)
    await terminal.close()
    #expect(pseudo.isCooked)
  }

  @Test func aHundredThousandLinesCostFewRedraws() async throws {
    let terminal = try terminal()
    let reading = Task { await terminal.next(after: "") }
    _ = await pseudo.shown(until: "> ")
    pseudo.clear()
    for number in 0..<100_000 { terminal.print("line \(number)") }
    terminal.print("the last")
    let shown = await pseudo.shown(until: "the last")
    let redraws = shown.components(of: "\u{1B}[J")
    #expect(redraws < 400, "each frame is one redraw: \(redraws)")
    #expect(shown.components(of: "line ") + leftOut(shown) >= 100_000)
    pseudo.type("ok\r")
    #expect(await reading.value == .source("ok"))
    await terminal.close()
  }

  /// Lines that the terminal was too slow for are counted, not lost in silence.
  private func leftOut(_ shown: String) -> Int {
    shown.split(separator: "\n").filter { $0.contains("lines left out") }
      .compactMap { $0.split(separator: " ").compactMap { Int($0) }.first }.reduce(0, +)
  }

  @Test func historyIsKeptInAFileOfItsUserAlone() async throws {
    let path = "/tmp/apolune-history-\(getpid())-\(UInt32.random(in: 0...UInt32.max))/a/b"
    let file = HistoryFile(path: path)
    let first = try terminal(history: file)
    pseudo.type("one\r")
    #expect(await first.next(after: "") == .source("one"))
    pseudo.type("if\u{1B}\rend\r")
    #expect(await first.next(after: "") == .source("if\nend"))
    await first.close()
    var status = stat()
    #expect(stat(path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
    #expect(file.load().entries == ["one", "if\nend"])

    let second = try terminal(history: file)
    pseudo.type("\u{1B}[A\u{1B}[A\u{1B}[A!\r")
    #expect(await second.next(after: "") == .source("one!"))
    await second.close()
    unlink(path)
  }

  @Test(arguments: [
    (["XDG_STATE_HOME": "/s"], "/s/apolune/history/"), (["HOME": "/h"], "/h/.local/state/apolune/history/"),
    (["XDG_STATE_HOME": "relative", "HOME": "/h"], "/h/.local/state/apolune/history/"),
  ])
  func eachFolderHasAHistoryOfItsOwn(environment: [String: String], prefix: String) throws {
    let one = try #require(HistoryFile(folder: "/a", environment: environment))
    let other = try #require(HistoryFile(folder: "/b", environment: environment))
    #expect(one.path.hasPrefix(prefix))
    #expect(one != other)
    #expect(HistoryFile(folder: "/a", environment: [:]) == nil)
  }

  @Test(arguments: ["plain", "a\nb", "back\\slash", "\\n", "a\\\nb"]) func entriesSurviveTheFile(entry: String) {
    #expect(HistoryFile.unescaped(HistoryFile.escaped(entry)) == entry)
  }
}

extension String {
  /// How often `part` occurs.
  fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
