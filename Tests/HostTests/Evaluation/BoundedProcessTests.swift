import Glibc
import Testing

@testable import Host
import Platform

@Suite struct BoundedProcessTests {
  private func run(
    _ script: String, timeMax: Duration = .seconds(20), outputMax: Int = 1000
  ) async throws -> BoundedProcess.Result {
    try await BoundedProcess(executable: "/bin/sh", arguments: ["-c", script], timeMax: timeMax, outputMax: outputMax).run()
  }

  @Test func outputErrorsAndExitCodeComeBack() async throws {
    let result = try await run("echo out; echo err >&2; exit 7")
    #expect(result.ending == .exit(7))
    #expect(String(decoding: result.output, as: UTF8.self) == "out\n")
    #expect(String(decoding: result.errors, as: UTF8.self) == "err\n")
  }

  @Test(arguments: [SIGSEGV, SIGABRT, SIGKILL]) func aCrashNamesItsSignal(signal: Int32) async throws {
    #expect(try await run("kill -\(signal) $$").ending == .signal(signal))
  }

  @Test func oneThatDoesNotEndIsKilled() async throws {
    let clock = ContinuousClock()
    let start = clock.now
    #expect(try await run("trap '' TERM; exec sleep 60", timeMax: .milliseconds(100)).ending == .timeOver)
    // Far more than it takes: tests beside this one may hold every thread for a while.
    #expect(clock.now - start < .seconds(50))
  }

  @Test func oneThatClosesItsOutputAndGoesOnIsKilledToo() async throws {
    #expect(try await run("exec sleep 30 >&- 2>&-", timeMax: .milliseconds(100)).ending == .timeOver)
  }

  @Test func oneThatPrintsWithoutEndIsKilled() async throws {
    let result = try await run("exec yes")
    #expect(result.ending == .tooMuchOutput)
    #expect(result.output.count == 1001)
  }

  @Test func errorsWithoutEndAreReadAndCut() async throws {
    let result = try await run("head -c 300000 /dev/zero >&2")
    #expect(result.ending == .exit(0))
    #expect(result.errors.count == BoundedProcess.errorsMax)
  }

  @Test func aCancelledRunIsKilled() async throws {
    let running = Task { try await run("exec sleep 30") }
    try await Task.sleep(for: .milliseconds(50))
    running.cancel()
    #expect(try await running.value.ending == .cancelled)
  }

  @Test func inputIsEmptyAndSignalsAreAsTheyShouldBe() async throws {
    signal(SIGPIPE, SIG_IGN)
    // The last seven digits are the signals 1 to 28; glibc itself ignores two of its own above them.
    let result = try await run("cat; sed -n 's/^Sig\\(Blk\\|Ign\\):.*\\(.......\\)$/\\1 \\2/p' /proc/self/status")
    #expect(String(decoding: result.output, as: UTF8.self) == "Blk 0000000\nIgn 0000000\n")
  }

  @Test func aProgramThatIsNotThereIsATypedError() async throws {
    await #expect(throws: SystemError("posix_spawn", ENOENT)) {
      try await BoundedProcess(executable: "/no/such", arguments: [], timeMax: .seconds(1), outputMax: 1).run()
    }
  }

  @Test func noDescriptorIsLost() async throws {
    func count() -> Int {
      guard let folder = opendir("/proc/self/fd") else { return -1 }
      defer { closedir(folder) }
      var count = 0
      while readdir(folder) != nil { count += 1 }
      return count
    }
    _ = try await run("true")
    let before = count()
    for _ in 0..<300 { _ = try await run("true") }
    let after = count()
    // Other tests run beside this one and hold some of their own; a lost pipe each would be 600.
    #expect(after < before + 300)
  }
}
