import AppModel
import ControlAPI
import Foundation
import Testing

@testable import Host

@Suite(.serialized) struct DeployTests {
  private func withServer(_ body: (ServerStage) async throws -> Void) async throws {
    let stage = try await ServerStage()
    do {
      try await body(stage)
    } catch {
      await stage.server.stop(endingRunners: true)
      throw error
    }
    await stage.server.stop(endingRunners: true)
  }

  private func word(_ stage: ServerStage, _ app: String = "me/tiny") async throws -> String {
    String(decoding: try await stage.call(app).body, as: UTF8.self)
  }

  @Test(arguments: [Strategy.rolling, .recreate]) func aSecondDeployTakesOver(strategy: Strategy) async throws {
    try await withServer { stage in
      _ = try await stage.deploy(ServerStage.script("one"))
      let answer = try await stage.deploy(ServerStage.script("two", options: "max_multiplexing = 4")) {
        $0.strategy = strategy
        $0.auth = .public
      }
      let compared = answer.events.first { $0.kind == .compared }?.settings ?? []
      #expect(compared.contains(.init(name: "max_multiplexing", before: "1", after: "4")))
      #expect(compared.contains(.init(name: "auth", before: "private", after: "public")))
      #expect(answer.events.last?.result?.revision == "tiny-2")
      #expect(try await word(stage) == #"{"word":"two"}"#)
      let app = try await stage.send("GET", ControlPath.app("me", "tiny")).decoded(AppInfo.self)
      #expect(app.revision == "tiny-2" && app.auth == .public && app.rollout == nil)
    }
  }

  @Test func aBrokenScriptChangesNothing() async throws {
    try await withServer { stage in
      _ = try await stage.deploy(ServerStage.script("one"))
      let answer = try await stage.deploy(["app.lua": "local app = app \"tiny\" { strategi = \"rolling\" }\n"])
      #expect(answer.status == 422)
      let problem = try #require(answer.problem)
      #expect(problem.code == "script-invalid")
      let first = try #require(problem.diagnostics.first)
      #expect(first.position?.file == "app.lua" && first.position?.line == 1)
      #expect(problem.diagnostics.contains { $0.fix?.contains("strategy") == true }, "\(problem)")
      #expect(try await word(stage) == #"{"word":"one"}"#)
      let app = try await stage.send("GET", ControlPath.app("me", "tiny")).decoded(AppInfo.self)
      #expect(app.revision == "tiny-1")
    }
  }

  @Test func aRollingDeployThatFailsKeepsTheOldRevisionAndShowsWhatTheRunnerWrote() async throws {
    try await withServer { stage in
      _ = try await stage.deploy(ServerStage.script("one"))
      let broken = """
        local app = app "tiny" { strategy = "rolling" }
        function app.setup() log.info("reading the model") error("no model") end
        app:endpoint("/", function() return {} end)
        """
      let answer = try await stage.deploy(["app.lua": broken])
      #expect(answer.status == 200)
      let last = try #require(answer.events.last)
      #expect(last.kind == .failed && last.revision == "tiny-2")
      #expect(last.problem?.message.contains("no model") == true, "\(String(describing: last.problem))")
      #expect(answer.events.contains { $0.kind == .log && $0.message?.contains("reading the model") == true })
      #expect(try await word(stage) == #"{"word":"one"}"#)
    }
  }

  @Test func aCheckComparesAndChangesNothing() async throws {
    try await withServer { stage in
      _ = try await stage.deploy(ServerStage.script("one"))
      let answer = try await stage.deploy(ServerStage.script("two", options: "machine_type = \"M\"")) { $0.isCheck = true }
      #expect(answer.events.map(\.kind) == [.validated, .compared, .finished])
      #expect(answer.events.last?.result?.status == .unchanged)
      #expect(answer.events[1].settings?.map(\.name) == ["machine_type", "cpu", "memory"])
      #expect(try await word(stage) == #"{"word":"one"}"#)
    }
  }

  @Test func aDetachedDeployAnswersOnceTheRevisionExists() async throws {
    try await withServer { stage in
      let answer = try await stage.deploy(ServerStage.script("one")) { $0.detaches = true }
      #expect(answer.events.map(\.kind) == [.validated, .registered, .finished])
      #expect(answer.events.last?.result?.status == .rollingOut)
      #expect(try await word(stage) == #"{"word":"one"}"#)
    }
  }

  @Test func aScriptMayDefineSeveralApps() async throws {
    try await withServer { stage in
      let two = """
        local a = app "one" { auth = "public" }
        a:endpoint("/", function() return { word = "one" } end)
        local b = app "two" { auth = "public", secrets = { "TOKEN" } }
        b:endpoint("/", function() return { word = "two" } end)
        """
      let answer = try await stage.deploy(["app.lua": two])
      #expect(answer.events.filter { $0.kind == .finished }.map(\.app) == ["one", "two"])
      #expect(answer.events.first?.warnings?.contains { $0.contains("TOKEN") } == true)
      #expect(try await word(stage, "me/two") == #"{"word":"two"}"#)
      #expect(try await stage.deploy(["app.lua": two]) { $0.name = "three" }.problem?.code == "name-ambiguous")
      #expect(try await stage.deploy(["app.lua": two]) { $0.app = "ones" }.problem?.fix == "did you mean 'one'?")
      let third = try await stage.deploy(["app.lua": two]) { ($0.app, $0.name) = ("two", "three") }
      #expect(third.events.last?.result?.app == "three")
      #expect(try await word(stage, "me/three") == #"{"word":"two"}"#)
    }
  }

  @Test func environmentsAreIsolatedAndGoWithTheirApps() async throws {
    try await withServer { stage in
      let missing = try await stage.deploy(ServerStage.script("dev")) { $0.environment = "dev" }
      #expect(missing.status == 404 && missing.problem?.code == "environment-not-found")
      let made = try await stage.send("POST", ControlPath.environments, json: EnvironmentCreation(name: "dev"))
      #expect(made.status == 201)
      let again = try await stage.send("POST", ControlPath.environments, json: EnvironmentCreation(name: "dev"))
      #expect(again.status == 409)
      let bad = try await stage.send("POST", ControlPath.environments, json: EnvironmentCreation(name: "A b"))
      #expect(bad.status == 422)
      let answer = try await stage.deploy(ServerStage.script("dev")) { $0.environment = "dev" }
      #expect(answer.events.last?.result?.url == stage.server.url + "/me/tiny--dev")
      #expect(try await word(stage, "me/tiny--dev") == #"{"word":"dev"}"#)
      #expect(try await stage.call().status == 404)
      #expect(try await stage.send("DELETE", ControlPath.environment("main")).status == 409)
      #expect(try await stage.send("DELETE", ControlPath.environment("dev")).status == 204)
      #expect(try await stage.send("GET", ControlPath.apps).decoded(AppList.self).apps.isEmpty)
    }
  }

  @Test func aDeployOfWhatIsNotHereOrNotOursIsRefused() async throws {
    try await withServer { stage in
      let hash = String(repeating: "0", count: 64)
      var request = DeployRequest(
        script: "app.lua", files: [.init(path: "app.lua", hash: hash, size: 1, isExecutable: false)])
      #expect(try await stage.send("POST", ControlPath.deploys, json: request).problem?.code == "blob-missing")
      request.files[0].size = 600 << 20
      #expect(try await stage.send("POST", ControlPath.deploys, json: request).status == 413)
      let foreign = try await stage.deploy(ServerStage.script("x", options: "owner = \"you\""))
      #expect(foreign.status == 422 && foreign.problem?.code == "wrong-owner")
      let wrongContent = try await stage.send("PUT", ControlPath.blob(hash), body: Data("x".utf8))
      #expect(wrongContent.status == 400 && wrongContent.problem?.code == "blob-mismatch")
    }
  }

  private static let slow = """
    local app = app "tiny" { strategy = "rolling" }
    function app.setup() sleep(1) end
    app:endpoint("/", function() return { word = "slow" } end)
    """

  @Test func aNewerDeploySupersedesTheOlderWhichSaysSo() async throws {
    try await withServer { stage in
      async let older = stage.deploy(["app.lua": Self.slow])
      _ = try await stage.until { $0.contains { $0.revision == "tiny-1" } }
      let newer = try await stage.deploy(ServerStage.script("new", options: "strategy = \"rolling\""))
      #expect(newer.events.last?.result?.revision == "tiny-2")
      let last = try #require(try await older.events.last)
      #expect(last.kind == .failed && last.problem?.code == "superseded" && last.problem?.message.contains("tiny-2") == true)
      #expect(try await word(stage) == #"{"word":"new"}"#)
    }
  }

  @Test func aRolloutGoesOnWhenItsClientGoesAway() async throws {
    try await withServer { stage in
      let deploy = Task { try await stage.deploy(["app.lua": Self.slow]) }
      _ = try await stage.until { $0.contains { $0.revision == "tiny-1" } }
      deploy.cancel()
      await #expect(throws: (any Error).self) { try await deploy.value }
      _ = try await stage.until { $0.contains { $0.revision == "tiny-1" && $0.state == "IDLE" } }
      #expect(try await word(stage) == #"{"word":"slow"}"#)
    }
  }
}
