import Foundation
import Testing

/// `apolune run` on a real script, with its URL.
struct RunningApp {
  let process: Running
  let url: String

  /// Starts the script and waits until it serves.
  init(_ script: String, _ arguments: [String] = [], environment: [String: String] = [:]) async throws {
    process = try Running(
      Executables.apolune, ["run", script, "--no-repl", "--json"] + arguments, environment: environment)
    guard let ready = await process.line(where: { $0.contains(#""event":"ready""#) }) else {
      let end = await process.finished()
      throw StartFailure(text: end.output + end.errors)
    }
    url = try #require(JSONSerialization.jsonObject(with: Data(ready.utf8)) as? [String: Any])["url"] as? String ?? ""
  }

  struct StartFailure: Error { var text: String }

  struct Answer {
    var status: Int
    var body: String
    var headers: String
  }

  /// One request by curl.
  func call(_ path: String = "/", _ body: String = "{}", _ arguments: [String] = []) async throws -> Answer {
    let target = path == "/" ? url : url + path
    let end = try await shell(
      URL(filePath: "/usr/bin/curl"),
      ["-s", "-m", "30", "-D", "/dev/stderr", "-X", "POST", target, "-d", "@-", "-w", "\n%{http_code}"] + arguments,
      input: body)
    let split = end.output.split(separator: "\n", omittingEmptySubsequences: false)
    return Answer(
      status: Int(split.last ?? "") ?? 0, body: split.dropLast().joined(separator: "\n"), headers: end.errors)
  }

  /// Presses Ctrl-C and waits for the end.
  func stop() async -> Finished {
    process.send(SIGINT)
    return await process.finished()
  }

  /// The processes of runners that this host started and that still live.
  func runnerPIDs() throws -> [Int32] { try processes(childrenOf: process.pid) }
}

/// Processes that live and whose parent is `pid`.
func processes(childrenOf pid: Int32) throws -> [Int32] {
  try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap(Int32.init).filter { candidate in
    guard let status = status(of: candidate) else { return false }
    return status.state != "Z" && status.parent == pid
  }
}

/// Whether the process still runs; one that ended and was not reaped does not.
func isAlive(_ pid: Int32) -> Bool {
  guard let status = status(of: pid) else { return false }
  return status.state != "Z"
}

private func status(of pid: Int32) -> (state: Substring, parent: Int32)? {
  guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8), let afterName = text.lastIndex(of: ")")
  else { return nil }
  let fields = text[text.index(after: afterName)...].split(separator: " ")
  return fields.count > 1 ? Int32(fields[1]).map { (fields[0], $0) } : nil
}
