import Foundation
import Glibc
import RunnerProtocol
import Testing

@Suite struct CommandTests {
  static let server = """
    import http.server, os, sys
    class Handler(http.server.BaseHTTPRequestHandler):
      def do_GET(self):
        self.send_response(503 if self.path == "/sick" else 200)
        self.end_headers()
        self.wfile.write(os.environ.get("GREETING", "").encode())
      def log_message(self, *arguments):
        pass
    print("starting", flush=True)
    sys.stderr.buffer.write(b"bad \\xff byte\\n")
    sys.stderr.flush()
    http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
    """

  /// The body of the answer to a plain GET.
  private func get(port: Int) throws -> String {
    let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(fd) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    try #require(connected == 0)
    let request = "GET / HTTP/1.0\r\n\r\n"
    try #require(write(fd, request, request.utf8.count) == request.utf8.count)
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case let count = read(fd, &buffer, buffer.count), count > 0 { answer += buffer.prefix(count) }
    let text = String(decoding: answer, as: UTF8.self)
    return text.components(separatedBy: "\r\n\r\n").last ?? ""
  }

  @Test(arguments: [nil, "/health"]) func aProgramIsReadyWhenItsHealthCheckPasses(path: String?) throws {
    let runner = try TestRunner(["serve.py": Self.server])
    let report = try runner.start(.command) {
      $0.command = ["python3", "serve.py"]
      $0.healthPath = path
      $0.env = ["GREETING": "hello"]
    }
    #expect(try get(port: #require(report.port)) == "hello")
    #expect(try runner.log(containing: "starting").source == .output)
    let repaired = try runner.log(containing: "bad \u{FFFD} byte")
    #expect(repaired.source == .errors)
    runner.signal(SIGTERM)
    _ = try runner.expect(.draining)
    #expect(try runner.waitForExit() == .code(0))
  }

  @Test func aProgramThatIsNeverWellFailsAtItsStartupTimeout() throws {
    let runner = try TestRunner(["serve.py": Self.server])
    try runner.launch(.command) {
      $0.command = ["python3", "serve.py"]
      $0.healthPath = "/sick"
      $0.startupTimeoutSeconds = 1
    }
    let failure = try runner.failure()
    #expect(failure.code == "startup-timeout")
    #expect(failure.message.contains("status 503"))
    #expect(try runner.waitForExit() == .code(1))
  }

  @Test func aProgramThatEndsAtOnceIsReportedWithItsLastLines() throws {
    let runner = try TestRunner()
    try runner.launch(.command) { $0.command = ["sh", "-c", "echo one; echo two >&2; exit 3"] }
    let failure = try runner.failure()
    #expect(failure.code == "command-exited")
    #expect(failure.message.contains("exited with status 3"))
    #expect(failure.message.contains("one") && failure.message.contains("two"))
    #expect(try runner.waitForExit() == .code(1))
  }

  @Test(arguments: [["no-such-program"], ["./missing.sh"]]) func aMissingProgramIsNamed(command: [String]) throws {
    let runner = try TestRunner()
    try runner.launch(.command) { $0.command = command }
    let failure = try runner.failure()
    #expect(failure.code == "command-not-found")
    #expect(failure.message.contains(command[0]))
  }

  @Test func aProgramThatDiesLaterEndsTheRunner() throws {
    let runner = try TestRunner(["serve.py": Self.server])
    let report = try runner.start(.command) { $0.command = ["sh", "-c", "echo $$; exec python3 serve.py"] }
    #expect(report.port != nil)
    while runner.logs.isEmpty { try runner.log(containing: "") }
    let program = try #require(pid_t(runner.logs[0].message))
    kill(program, SIGKILL)
    try runner.log(containing: "was ended by signal 9")
    #expect(try runner.waitForExit() == .code(1))
  }

  @Test func aProgramThatIgnoresSIGTERMIsKilledAfterTheGracePeriod() throws {
    let script = """
      trap '' TERM
      sleep 1000 &
      echo child $!
      python3 serve.py
      """
    let runner = try TestRunner(["serve.py": Self.server, "run.sh": script])
    try runner.start(.command) {
      $0.command = ["sh", "run.sh"]
      $0.graceSeconds = 0.5
    }
    let child = try #require(pid_t(runner.log(containing: "child").message.dropFirst(6)))
    let start = Date()
    runner.send(.drain)
    #expect(try runner.waitForExit() == .code(3))
    #expect(Date().timeIntervalSince(start) < 2)
    // The orphan was collected by the runner.
    #expect(kill(child, 0) == -1 && errno == ESRCH)
  }

  @Test func aLostHostEndsAnEphemeralProgramWithEverythingItStarted() throws {
    let runner = try TestRunner(["serve.py": Self.server])
    try runner.start(.command) {
      $0.command = ["sh", "-c", "sleep 1000 & echo child $!; python3 serve.py"]
      $0.ephemeral = true
    }
    let child = try #require(pid_t(runner.log(containing: "child").message.dropFirst(6)))
    runner.disconnect()
    _ = try runner.waitForExit(seconds: 2)
    usleep(50_000)
    #expect(kill(child, 0) == -1 && errno == ESRCH)
  }

  @Test func aKilledRunnerTakesItsProgramAlong() throws {
    let runner = try TestRunner(["serve.py": Self.server])
    try runner.start(.command) { $0.command = ["sh", "-c", "echo child $$; exec python3 serve.py"] }
    let child = try #require(pid_t(runner.log(containing: "child").message.dropFirst(6)))
    runner.signal(SIGKILL)
    _ = try runner.waitForExit()
    usleep(100_000)
    // Where nobody collects orphans it stays as a zombie.
    let state = try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)
    #expect(kill(child, 0) == -1 || state?.contains(") Z") == true)
  }

  @Test func muchOutputWaitsForTheHost() throws {
    let runner = try TestRunner(["serve.py": Self.server])
    let flood = "for i in $(seq 1 200); do head -c 100000 /dev/zero | tr '\\0' x; echo; done; echo flooded; exec python3 serve.py"
    try runner.launch(.command) { $0.command = ["sh", "-c", flood] }
    usleep(1_000_000)
    #expect(try residentKilobytes(runner.pid) < 40_000)
    _ = try runner.ready()
    try runner.log(containing: "flooded")
    let total = runner.logs.reduce(0) { $0 + $1.message.filter { $0 == "x" }.count }
    #expect(total == 20_000_000)
  }

  @Test func theGPUsThatTheHostGaveAreTheProgramsWhateverTheAppSays() throws {
    let runner = try TestRunner(environment: ["CUDA_VISIBLE_DEVICES": "GPU-1"])
    try runner.launch(.command) {
      $0.command = ["sh", "-c", "echo gpus $CUDA_VISIBLE_DEVICES greeting $GREETING"]
      $0.env = ["CUDA_VISIBLE_DEVICES": "GPU-1,GPU-2", "GREETING": "hello"]
    }
    #expect(try runner.failure().message.contains("gpus GPU-1 greeting hello"))
  }

  /// The host was killed: until the next one comes, nobody takes the log records.
  @Test func aProgramThatPrintsALotWhileNoHostIsThereGoesOnAndTheRunnerStaysSmall() throws {
    let script = """
      python3 serve.py &
      i=0
      while :; do i=$((i+1)); echo "line $i of a program that talks and talks and talks"; echo $i > count; done
      """
    let runner = try TestRunner(["serve.py": Self.server, "run.sh": script])
    try runner.start(.command) { $0.command = ["sh", "run.sh"] }
    runner.disconnect()
    let before = try count(in: runner)
    // Twice as many bytes as the runner keeps for the next host.
    while try count(in: runner) < before + 20_000 { usleep(10_000) }
    #expect(try residentKilobytes(runner.pid) < 40_000)
    try runner.start(.command) { $0.command = ["sh", "run.sh"] }
    try runner.log(containing: "log records were dropped")
  }

  private func count(in runner: TestRunner) throws -> Int {
    let text = try String(contentsOfFile: "\(runner.bundle)/count", encoding: .utf8)
    // Empty at the moment in which it is written anew.
    return Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
  }
}

func residentKilobytes(_ pid: pid_t) throws -> Int {
  let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
  let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
  return try #require(Int(line.filter(\.isNumber)))
}
