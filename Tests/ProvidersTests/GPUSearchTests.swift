import AppModel
import Foundation
import Glibc
import Planning
import Testing

@testable import Providers

/// How GPUs are found, on machines that have none: a driver's library built here, and a program that is a script.
@Suite(.timeLimit(.minutes(1))) struct GPUSearchTests {
  static let compiler: String? = ["/usr/bin/cc", "/usr/local/bin/cc"].first { (path: String) in access(path, X_OK) == 0 }

  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A library like the driver's, with three GPUs of which the second is lost.
  private static let library = """
    #include <stdio.h>
    #include <string.h>
    #include <unistd.h>
    #ifndef START
    #define START 0
    #endif
    struct memory { unsigned long long total, free, used; };
    static int numbers[] = {0, 1, 2};
    int nvmlInit_v2(void) { if (START < 0) for (;;) pause(); return START; }
    int nvmlShutdown(void) { return 0; }
    int nvmlDeviceGetCount_v2(unsigned *count) { *count = 3; return 0; }
    int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **device) {
      *device = &numbers[index];
      return index == 1 ? 15 : 0;
    }
    int nvmlDeviceGetName(void *device, char *name, unsigned length) {
      snprintf(name, length, "NVIDIA H100 80GB HBM3");
      return 0;
    }
    int nvmlDeviceGetUUID(void *device, char *uuid, unsigned length) {
      snprintf(uuid, length, "GPU-%d", *(int *)device);
      return 0;
    }
    int nvmlDeviceGetMemoryInfo(void *device, struct memory *memory) { memory->total = 85520809984; return 0; }
    const char *nvmlErrorString(int result) { return result == 9 ? "Driver Not Loaded" : "Unknown Error"; }
    """

  /// - Parameter start: what the driver's start gives; negative: it never returns.
  private func build(start: Int = 0) throws -> String {
    let compiler = try #require(Self.compiler)
    let source = "\(folder.path)/nvml.c"
    let library = "\(folder.path)/libnvidia-ml-\(UUID().uuidString.prefix(8)).so"
    try Self.library.write(toFile: source, atomically: true, encoding: .utf8)
    // The tool that bounds the search builds it as well.
    _ = try BoundedProgram(path: compiler, time: .seconds(50))
      .output(of: ["-shared", "-fPIC", "-DSTART=\(start)", "-o", library, source])
    return library
  }

  private func smi(_ script: String) throws -> String {
    let bin = "\(folder.path)/bin"
    try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
    try "#!/bin/sh\n\(script)\n".write(toFile: "\(bin)/nvidia-smi", atomically: true, encoding: .utf8)
    chmod("\(bin)/nvidia-smi", 0o755)
    return "/nonexistent:relative:\(bin)"
  }

  private func search(library: String = "libno-such-library.so", path: String = "", time: Duration = .seconds(20)) -> GPUSearch {
    GPUSearch(library: library, path: path, programTime: time)
  }

  /// A script that another test's new process still has open for writing cannot run yet.
  private func run(_ search: GPUSearch) async throws -> GPUSearch.Outcome {
    try await Polling.until { () -> GPUSearch.Outcome? in
      let outcome = search.run()
      return outcome.explanation.contains("Text file busy") ? nil : outcome
    }
  }

  @Test(.enabled(if: compiler != nil)) func theDriversLibraryIsAsked() throws {
    let outcome = search(library: try build()).run()
    let gpus = ["GPU-0", "GPU-2"].map { id in
      Node.GPU(id: id, model: "NVIDIA H100 80GB HBM3", memory: ByteCount(85_520_809_984))
    }
    #expect(outcome == .init(gpus: gpus, explanation: "found through NVML"))
  }

  @Test(.enabled(if: compiler != nil)) func whereTheLibraryFailsTheProgramIsAsked() async throws {
    let path = try smi("echo \"0, GPU-7, A100, 40960\"; [ \"$1\" = --query-gpu=index,uuid,name,memory.total ]")
    for library in [try build(start: 9), "libno-such-library.so", "libm.so.6"] {
      let outcome = try await run(search(library: library, path: path))
      #expect(outcome.gpus == [.init(id: "GPU-7", model: "A100", memory: .megabytes(40960))])
      #expect(outcome.explanation == "found through nvidia-smi")
    }
  }

  @Test(.enabled(if: compiler != nil)) func whyThereAreNoneIsTold() throws {
    let outcome = search(library: try build(start: 9)).run()
    #expect(outcome.gpus == [])
    #expect(
      outcome.explanation == "no GPU was found: NVML cannot start: Driver Not Loaded, and nvidia-smi is not in PATH")
    #expect(search(library: "libm.so.6").run().explanation.contains("lacks a function"))
    #expect(search().run().explanation.contains("libno-such-library.so cannot be loaded"))
  }

  @Test(arguments: [
    ("exit 9", "failed"), ("sleep 1000", "did not answer within"), ("exec 1>&-; sleep 1000", "did not end"),
    ("yes", "printed more than"), ("echo nonsense", "named none"), ("", "named none"), ("kill -9 $$", "failed"),
  ])
  func aProgramThatMisbehavesIsGivenUp(_ script: String, _ reason: String) async throws {
    let path = try smi(script)
    let outcome = try await run(search(path: path, time: .milliseconds(script.contains("sleep") ? 300 : 20_000)))
    #expect(outcome.gpus == [])
    #expect(outcome.explanation.contains(reason), "\(outcome.explanation)")
  }

  @Test(.enabled(if: compiler != nil)) func aDriverThatHangsKeepsNobodyWaiting() throws {
    let finder = GPUFinder(given: nil, search: search(library: try build(start: -1)))
    let outcome = finder.find(within: .milliseconds(50)) { _ in Issue.record("it never answers") }
    #expect(outcome.gpus == [])
    #expect(outcome.explanation == "the driver has not answered yet")
  }

  @Test func aDriverThatAnswersLateIsHeardAllTheSame() async throws {
    let path = try smi("while ! [ -e \(folder.path)/go ]; do sleep 0.01; done; echo '0, GPU-1, A100, 40960'")
    let finder = GPUFinder(given: nil, search: search(path: path))
    let (late, continuation) = AsyncStream<GPUSearch.Outcome>.makeStream()
    #expect(finder.find(within: .milliseconds(20)) { continuation.yield($0) }.gpus == [])
    try "".write(toFile: "\(folder.path)/go", atomically: true, encoding: .utf8)
    var answers = late.makeAsyncIterator()
    let outcome = try #require(await answers.next())
    if !outcome.explanation.contains("Text file busy") { #expect(outcome.gpus.map(\.id) == ["GPU-1"]) }
    #expect(finder.outcome == outcome)
  }

  @Test func theOperatorsListIsTakenAsItIs() {
    let gpu = Node.GPU(id: "0", model: "Odd One", memory: .gigabytes(3))
    let finder = GPUFinder(given: [gpu], search: search())
    #expect(finder.find(within: .seconds(1)) { _ in }.gpus == [gpu])
    #expect(GPUFinder(given: [], search: search()).outcome.explanation.contains("empty"))
  }
}
