import ControlAPI
import Gateway
import Logging
import Testing

@testable import Host

@Suite(.serialized) struct ServerTLSTests {
  private func initialize(_ folder: TemporaryFolder, _ names: String...) throws {
    _ = try TLSInitialization.run(
      in: DataFolder(named: folder.path, environment: [:]), names: names, force: false, environment: [:])
  }

  @Test func aServerSaysWhereItTakesTLS() async throws {
    let folder = try TemporaryFolder()
    try initialize(folder)
    let stage = try await ServerStage(folder: folder) { $0.tls = TLSSetup(host: "127.0.0.1", port: 0) }
    let status = try await stage.send("GET", ControlPath.status).decoded(ServerStatus.self)
    let tls = try #require(status.tls)
    #expect(tls.url == "https://localhost:\(tls.port)" && tls.port > 0 && tls.bundle == folder.file("tls/bundle.pem"))
    await stage.server.stop(endingRunners: true)
  }

  @Test func aPortThatIsTakenIsSaidWithItsOwnOption() async throws {
    let (first, second) = (try TemporaryFolder(), try TemporaryFolder())
    for folder in [first, second] { try initialize(folder) }
    let stage = try await ServerStage(folder: first) { $0.tls = TLSSetup(host: "127.0.0.1", port: 0) }
    let status = await stage.server.status()
    let port = try #require(status.tls).port
    var asked = ServerStage.setup(second)
    asked.tls = TLSSetup(host: "127.0.0.1", port: port)
    let setup = asked
    let failure = await #expect(throws: ServerFailure.self) { _ = try await Server.start(setup) }
    #expect(failure?.code == "port-in-use" && failure?.fix?.contains("--tls-listen") == true)
    await stage.server.stop(endingRunners: true)
  }

  @Test func anotherCertificateIsTakenUpWithoutARestart() async throws {
    let folder = try TemporaryFolder()
    try initialize(folder, "one.test")
    let (gateway, bound) = (Gateway(), BoundTLS())
    _ = try await gateway.start()
    let tls = try ServerTLS(
      TLSSetup(host: "127.0.0.1", port: 0), folder: DataFolder(named: folder.path, environment: [:]), bound: bound)
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    try await tls.listen(gateway, logger)
    let keeping = tls.keep(gateway, DiskWork(), logger, lookingEvery: .milliseconds(5))
    #expect(bound.info?.names.contains("two.test") == false)
    try initialize(folder, "two.test")
    try await until { bound.info?.names.contains("two.test") == true }
    #expect(bound.info?.names.contains("one.test") == true)
    keeping.cancel()
    await keeping.value
    await gateway.stop(grace: .zero)
  }

  private func until(_ isSo: () -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < end {
      if isSo() { return }
      try await Task.sleep(for: .milliseconds(5))
    }
    Issue.record("waited in vain")
  }
}
