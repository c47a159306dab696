import Foundation
import Testing

extension EndToEndTests {
  /// The console of a run, fed from a pipe: transcripts with real processes.
  @Suite struct ReplTests {
    private func transcript(_ script: String, _ lines: String) async throws -> Finished {
      try await shell(Executables.apolune, ["run", Executables.example(script)], input: lines)
    }

    @Test func expressionsPrintStatementsRunAndLocalsPersist() async throws {
      let end = try await transcript("hello.lua", "local x = 20\nx + 22\n= 'a' .. 'b'\nfor i = 1, 2 do\n  x = x + i\nend\nx\n")
      #expect(end.output == "42\n\"ab\"\n23\n")
      #expect(end.status == 0)
    }

    @Test func callReachesTheApp() async throws {
      let end = try await transcript("words.lua", "call(\"/\", { text = \"moon sun moon\" }).words\n")
      #expect(end.output.contains("moon"), "\(end.output) \(end.errors)")
      #expect(end.status == 0)
    }

    @Test func anErrorIsShownAndTheScriptGoesOnAndFails() async throws {
      let end = try await transcript("words.lua", "call(\"/\", {})\nnothing.here\n1 + 1\n")
      #expect(end.errors.contains("422: text is missing"), "\(end.errors)")
      #expect(end.output == "2\n")
      #expect(end.status == 1)
    }

    @Test func runnersLogsAndReloadAnswer() async throws {
      let end = try await transcript("hello.lua", "#runners()\nrunners()[1].state\ntype(logs(5))\nreload()\n#runners() >= 1\n")
      #expect(end.output.hasPrefix("1\n\"IDLE\"\n\"table\"\n"), "\(end.output) \(end.errors)")
      #expect(end.output.hasSuffix("true\n"))
      #expect(end.status == 0)
    }
  }
}
