import Foundation
import Testing

extension EndToEndTests {
  /// HTTPS with a certificate of the server's own authority, and what points clients at it.
  @Suite struct TLSTests {
    private func address(_ server: RunningServer) async throws -> String {
      let status = try await server.json("server", "status")
      return try #require((status["tls"] as? [String: Any])?["url"] as? String)
    }

    private func curl(_ server: RunningServer, _ words: String...) async throws -> Finished {
      try await shell(
        URL(filePath: "/usr/bin/curl"), ["-sS", "-m", "60", "--cacert", server.folder + "/tls/ca.pem"] + words,
        environment: server.environment)
    }

    @Test func appsAndTheCommandLineWorkOverHTTPS() async throws {
      let server = try await RunningServer(tls: true)
      let script = try server.write("tiny.lua", DeployTests.script(1))
      let https = try await address(server)
      // On the server's own machine its authority is trusted without a word.
      let deployed = try await server.json("deploy", script, "--server", https)
      let url = try #require(deployed["url"] as? String)
      #expect(url.hasPrefix(https + "/"), "the address of the app is not the one that the server was reached under: \(url)")
      let key = try String(contentsOfFile: server.folder + "/owner.key", encoding: .utf8).filter { !$0.isWhitespace }
      let answer = try await curl(server, "-H", "Authorization: Key \(key)", "-d", "{}", url)
      #expect(answer.output.contains("1") && answer.status == 0, "\(answer)")
      // fal's names lead here through the plain listener, for whoever trusts the authority.
      let port = server.url.split(separator: ":").last ?? ""
      let proxied = try await curl(server, "-x", "http://127.0.0.1:\(port)", "https://queue.fal.run/health")
      #expect(proxied.output.contains("ok"), "\(proxied)")
      let distrusting = try await shell(URL(filePath: "/usr/bin/curl"), ["-sS", "-m", "60", https + "/health"])
      #expect(distrusting.status == 60)
      try await server.stop()
    }

    @Test func aServerOfAnotherAuthorityIsNotTrusted() async throws {
      let server = try await RunningServer(tls: true)
      let system = ["APOLUNE_DATA_DIR": server.folder + "/none", "SSL_CERT_FILE": ""]
      let end = try await shell(
        Executables.apolune, ["server", "status", "--server", try await address(server)],
        environment: server.environment.merging(system) { $1 })
      #expect(end.status == 1 && end.errors.contains("not trusted here") && end.errors.contains("--ca"), "\(end)")
      try await server.stop()
    }

    @Test func connectPrintsLinesForAShellAndNothingElse() async throws {
      let server = try await RunningServer(tls: true)
      let port = try #require(try await address(server).split(separator: ":").last)
      let end = try await server.apolune("connect", "--fal")
      #expect(end.status == 0, "\(end.errors)")
      #expect(end.output.split(separator: "\n").allSatisfy { $0.hasPrefix("export ") && $0.contains("=") })
      let script = #"eval "$0"; printf '%s\n' "$FAL_KEY" "$FAL_RUN_HOST" "$FAL_QUEUE_RUN_HOST" "$SSL_CERT_FILE" "$HTTPS_PROXY""#
      let read = try await shell(URL(filePath: "/bin/sh"), ["-c", script, end.output])
      let key = try String(contentsOfFile: server.folder + "/owner.key", encoding: .utf8).filter { !$0.isWhitespace }
      #expect(
        read.output.split(separator: "\n").map(String.init) == [
          key, "localhost:\(port)", "localhost:\(port)/queue", server.folder + "/tls/bundle.pem", server.url,
        ])
      try await server.stop()
    }

    @Test func withoutACertificateOrAListenerTheWayToOneIsSaid() async throws {
      let server = try await RunningServer()
      let connect = try await server.apolune("connect", "--fal")
      #expect(connect.status == 1 && connect.output.isEmpty && connect.errors.contains("--tls-listen"), "\(connect)")
      try await server.stop()
      let start = try await server.apolune("server", "--listen", "127.0.0.1:0", "--tls-listen", "127.0.0.1:0")
      #expect(start.status == 1 && start.errors.contains("apolune server tls init"), "\(start)")
      let half = try await server.apolune("server", "--tls-listen", "127.0.0.1:0", "--tls-cert", "a.pem")
      #expect(half.status == 64 && half.errors.contains("--tls-key"), "\(half)")
    }
  }
}
