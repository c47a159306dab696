import AppModel
import ControlAPI
import Testing

@testable import Host

@Suite(.serialized) struct ConfiguredServerTests {
  @Test func theOperatorsMachineTypesAndLimitsHold() async throws {
    let stage = try await ServerStage { setup in
      setup.configuration.machines = [MachineType(name: "tiny-box", cpu: 0.25, memory: .megabytes(128))]
      setup.configuration.limits.runnersPerApp = 3
      setup.configuration.limits.file = ByteCount(1000)
      var node = NodeConfiguration(name: "here")
      node.labels = ["zone": "attic"]
      setup.configuration.nodes = [node]
    }
    let deployed = try await stage.deploy(ServerStage.script("one", options: "machine_type = \"tiny-box\""))
    #expect(deployed.events.last?.kind == .finished)
    let app = try await stage.send("GET", ControlPath.app("me", "tiny")).decoded(AppInfo.self)
    #expect(app.machineTypes == ["tiny-box"])
    let many = try await stage.deploy(ServerStage.script("one", options: "max_concurrency = 4"))
    #expect(many.status == 422 && many.problem?.code == "out-of-range")
    var scale = ScaleRequest(settings: SettingsChange())
    scale.settings.maxConcurrency = 4
    #expect(try await stage.send("PATCH", ControlPath.app("me", "tiny", .settings), json: scale).status == 422)
    var files = ServerStage.script("one")
    files["words.txt"] = String(repeating: "moon ", count: 300)
    #expect(try await stage.deploy(files, sends: false).problem?.code == "file-too-large")
    let nodes = try await stage.send("GET", ControlPath.nodes).decoded(NodeList.self).nodes
    #expect(nodes.map(\.id) == ["here"] && nodes.first?.labels == ["zone": "attic"])
    await stage.server.stop(endingRunners: true)
  }

  @Test func whatThisServerCannotDoIsRefusedAtItsStart() async throws {
    let folder = try TemporaryFolder()
    var setup = ServerStage.setup(folder)
    setup.tls = TLSSetup(host: "127.0.0.1", port: 0)
    let failure = await #expect(throws: ServerFailure.self) { _ = try await Server.start(setup) }
    #expect(failure?.code == "tls-not-set-up" && failure?.fix?.contains("apolune server tls init") == true)
    setup.tls = nil
    setup.configuration.nodes = [NodeConfiguration(name: "a"), NodeConfiguration(name: "b")]
    #expect(await #expect(throws: ServerFailure.self) { _ = try await Server.start(setup) }?.code == "too-many-nodes")
  }
}
