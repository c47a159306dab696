import Foundation
import Testing

/// `apolune server` on a data folder of its own, at any free port. It ends with the value, and its runners with it.
final class RunningServer: Sendable {
  let folder: String
  let environment: [String: String]
  let process: Running
  let url: String
  private let root: URL

  /// - Parameter tls: takes HTTPS too, with a certificate of its own authority.
  init(tls: Bool = false) async throws {
    root = FileManager.default.temporaryDirectory.appending(path: "apolune-\(UUID().uuidString.prefix(8))")
    folder = root.appending(path: "data").path
    environment = Self.environment(root, folder)
    try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
    if tls { try await Self.makeCertificate(environment) }
    let more = tls ? ["--tls-listen", "127.0.0.1:0"] : []
    process = try Running(
      Executables.apolune, ["server", "--listen", "127.0.0.1:0", "--json"] + more, environment: environment)
    guard let ready = await process.line(where: { $0.hasPrefix("{") }) else {
      let end = await process.finished()
      throw RunningApp.StartFailure(text: end.output + end.errors)
    }
    url = try #require(JSONSerialization.jsonObject(with: Data(ready.utf8)) as? [String: Any])["url"] as? String ?? ""
  }

  private static func makeCertificate(_ environment: [String: String]) async throws {
    let end = try await shell(Executables.apolune, ["server", "tls", "init"], environment: environment)
    #expect(end.status == 0, "\(end.errors)")
  }

  /// Nothing of whoever runs the tests counts.
  static func environment(_ root: URL, _ folder: String) -> [String: String] {
    [
      "APOLUNE_DATA_DIR": folder, "APOLUNE_LISTEN": "127.0.0.1:0", "XDG_CONFIG_HOME": root.path,
      "XDG_RUNTIME_DIR": root.path, "APOLUNE_SERVER": "", "APOLUNE_KEY": "", "APOLUNE_ENV": "", "FAL_ENV": "",
      "SSL_CERT_FILE": "",
    ]
  }

  deinit {
    process.send(SIGKILL)
    endProcesses(naming: root.path)
    try? FileManager.default.removeItem(at: root)
  }

  /// Runs a command against this server.
  func apolune(_ arguments: String..., input: String? = nil) async throws -> Finished {
    try await shell(Executables.apolune, arguments, environment: environment, input: input)
  }

  /// Runs a command with `--json` and reads what it printed; nil when it printed none.
  func json(_ arguments: String...) async throws -> [String: Any] {
    let end = try await shell(Executables.apolune, arguments + ["--json"], environment: environment)
    #expect(end.status == 0, "\(arguments): \(end.errors)")
    return try #require(JSONSerialization.jsonObject(with: Data(end.output.utf8)) as? [String: Any])
  }

  /// Writes a script beside the data.
  func write(_ name: String, _ text: String) throws -> String {
    let file = root.appending(path: name)
    try Data(text.utf8).write(to: file)
    return file.path
  }

  /// One request with the owner's key, by curl; what comes back, and its status.
  func call(_ path: String, _ body: String = "{}") async throws -> (status: Int, body: String) {
    let key = try String(contentsOfFile: folder + "/owner.key", encoding: .utf8).filter { !$0.isWhitespace }
    let end = try await shell(
      URL(filePath: "/usr/bin/curl"),
      ["-s", "-m", "60", "-X", "POST", "-H", "Authorization: Key \(key)", url + path, "-d", body, "-w", "\n%{http_code}"])
    let lines = end.output.split(separator: "\n", omittingEmptySubsequences: false)
    return (Int(lines.last ?? "") ?? 0, lines.dropLast().joined(separator: "\n"))
  }

  /// Ends server and runners as a person does.
  func stop() async throws {
    let end = try await apolune("server", "stop", "--runners")
    #expect(end.status == 0, "\(end.errors)")
    _ = await process.finished()
  }
}

/// Ends the processes that name `path`, which is of this test alone, in their command line or environment.
func endProcesses(naming path: String) {
  let own = getpid()
  for pid in ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap(Int32.init) where pid != own {
    let places = ["/proc/\(pid)/cmdline", "/proc/\(pid)/environ"].compactMap { FileManager.default.contents(atPath: $0) }
    if places.contains(where: { String(decoding: $0, as: UTF8.self).contains(path) }) { kill(pid, SIGKILL) }
  }
}
