import AppModel
import ControlAPI
import Foundation
import Testing

@testable import Host

@Suite(.serialized) struct AppsTests {
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

  private func word(_ stage: ServerStage) async throws -> String {
    String(decoding: try await stage.call().body, as: UTF8.self)
  }

  private func app(_ stage: ServerStage) async throws -> AppInfo {
    try await stage.send("GET", ControlPath.app("me", "tiny")).decoded(AppInfo.self)
  }

  private func scale(_ stage: ServerStage, _ change: (inout ScaleRequest) -> Void) async throws -> ServerStage.Answer {
    var request = ScaleRequest(settings: SettingsChange())
    change(&request)
    return try await stage.send("PATCH", ControlPath.app("me", "tiny", .settings), json: request)
  }

  @Test func settingsChangeAndOnlyTheCodeBoundOnesAreResetByTheNextDeploy() async throws {
    try await withServer { stage in
      _ = try await stage.deploy(ServerStage.script("one"))
      let answer = try await scale(stage) {
        $0.settings.maxConcurrency = 5
        $0.settings.keepAlive = InSeconds(wrappedValue: .seconds(90))
        $0.settings.maxMultiplexing = 3
        $0.machineTypes = ["M", "L"]
      }
      let result = try answer.decoded(ScaleResult.self)
      #expect(result.untilNextDeploy == ["max_multiplexing", "machine_type"])
      #expect(result.app.scaling.maxConcurrency == 5 && result.app.machineTypes == ["M", "L"])
      let deployed = try await stage.deploy(ServerStage.script("two"))
      let compared = try #require(deployed.events.first { $0.kind == .compared }?.settings)
      #expect(compared.contains(.init(name: "max_concurrency", before: "5", after: "5", code: "2")))
      #expect(compared.contains(.init(name: "max_multiplexing", before: "3", after: "1")))
      let after = try await app(stage)
      #expect(after.scaling.maxConcurrency == 5 && after.scaling.maxMultiplexing == 1 && after.machineTypes == ["S"])
      _ = try await stage.deploy(ServerStage.script("three")) { $0.resetsScaling = true }
      #expect(try await app(stage).scaling.maxConcurrency == 2)
    }
  }

  static let nonsense: [(String, @Sendable (inout ScaleRequest) -> Void)] = [
    ("min_concurrency", { $0.settings.minConcurrency = -1 }), ("max_concurrency", { $0.settings.maxConcurrency = 0 }),
    ("max_multiplexing", { $0.settings.maxMultiplexing = 0 }),
    ("keep_alive", { $0.settings.keepAlive = InSeconds(wrappedValue: .seconds(-1)) }),
    ("max_concurrency", { $0.settings.minConcurrency = 50 }),
    ("startup_timeout", { $0.settings.startupTimeout = InSeconds(wrappedValue: .zero) }),
    ("regions", { $0.settings.regions = ["No Name"] }), ("num_gpus", { $0.gpuCount = 1 }),
    ("did you mean 'GPU-H100'", { $0.machineTypes = ["GPU-H10"] }), ("nothing", { _ in }),
    ("machine_type", { $0.machineTypes = [] }),
  ]

  @Test func nonsenseIsRefusedByTheNameOfTheOption() async throws {
    try await withServer { stage in
      _ = try await stage.deploy(ServerStage.script("one"))
      for (name, change) in Self.nonsense {
        let answer = try await scale(stage, change)
        #expect(answer.status == 422, "\(name)")
        let text = String(decoding: answer.body, as: UTF8.self)
        #expect(text.contains(name), "\(text)")
      }
      // What no machine here could ever hold.
      let huge = try await scale(stage) { $0.machineTypes = ["GPU-B200"] }
      #expect(huge.status == 422 && huge.problem?.code == "never-placeable")
      let deployed = try await stage.deploy(ServerStage.script("two", options: "machine_type = \"GPU-B200\""))
      #expect(deployed.status == 422 && deployed.problem?.code == "never-placeable")
      #expect(try await app(stage).scaling == Scaling())
    }
  }

  @Test func aRevisionIsSetBackAndOnesInUseAreNotDeleted() async throws {
    try await withServer { stage in
      _ = try await stage.deploy(ServerStage.script("one")) { ($0.message, $0.annotations) = ("first", ["commit": "abc"]) }
      _ = try await stage.deploy(ServerStage.script("two"))
      let alias = ControlPath.app("me", "tiny", .alias)
      let answer = try await stage.send("PUT", alias, json: AliasChange(revision: "tiny-1", strategy: .rolling))
      #expect(answer.events.last?.kind == .finished, "\(String(decoding: answer.body, as: UTF8.self))")
      #expect(answer.events.contains { $0.kind == .switched && $0.revision == "tiny-1" })
      #expect(try await word(stage) == #"{"word":"one"}"#)
      let list = try await stage.send("GET", ControlPath.app("me", "tiny", .revisions)).decoded(RevisionList.self)
      #expect(list.revisions.map(\.revision) == ["tiny-2", "tiny-1"])
      #expect(list.revisions.map(\.status) == [.inactive, .active])
      #expect(list.revisions[1].message == "first" && list.revisions[1].annotations == ["commit": "abc"])
      let missing = try await stage.send("PUT", alias, json: AliasChange(revision: "tiny-9"))
      #expect(missing.status == 404 && missing.problem?.fix == "there are tiny-1, tiny-2")
      let active = try await stage.send("DELETE", ControlPath.revision("me", "tiny", "tiny-1"))
      #expect(active.status == 409 && active.problem?.code == "revision-in-use")
      _ = try await stage.until { !$0.contains { $0.revision == "tiny-2" } }
      #expect(try await stage.send("DELETE", ControlPath.revision("me", "tiny", "tiny-2")).status == 204)
      #expect(try await stage.send("DELETE", ControlPath.revision("me", "tiny", "tiny-2")).status == 404)
    }
  }

  @Test func runnersAreListedReplacedAndStopped() async throws {
    try await withServer { stage in
      _ = try await stage.deploy(ServerStage.script("one", options: "min_concurrency = 1"))
      let first = try #require(try await stage.runners().first)
      #expect(first.state == "IDLE" && first.machineType == "S" && first.pid != nil && first.node != nil)
      #expect(try await stage.send("POST", ControlPath.app("me", "tiny", .rollout)).status == 202)
      let replaced = try await stage.until { $0.count == 1 && $0[0].id != first.id && $0[0].state == "IDLE" }
      #expect(replaced[0].cause == "replacement")
      let stop = ControlPath.runner(replaced[0].id, .stop)
      #expect(try await stage.send("POST", stop, json: RunnerStop(replaces: true)).status == 202)
      let third = try await stage.until { $0.count == 1 && $0[0].id != replaced[0].id && $0[0].state == "IDLE" }
      #expect(try await stage.send("POST", ControlPath.runner(third[0].id, .kill)).status == 202)
      _ = try await stage.until { $0.count == 1 && $0[0].id != third[0].id && $0[0].state == "IDLE" }
      let query = "?state=terminated&since=0"
      let ended = try await stage.send("GET", ControlPath.runners + query).decoded(RunnerList.self).runners
      #expect(Set([first.id, replaced[0].id, third[0].id]).isSubset(of: ended.map(\.id)))
      #expect(try await stage.send("GET", ControlPath.runners + "?state=sleeping").status == 400)
      let nodes = try await stage.send("GET", ControlPath.nodes).decoded(NodeList.self).nodes
      #expect(nodes.count == 1 && nodes[0].runners.count == 1 && nodes[0].cpuHeld == 1 && !nodes[0].enforcement.isEmpty)
      #expect(try await stage.send("GET", ControlPath.gpus).decoded(GPUCounts.self).gpus.isEmpty)
    }
  }

  @Test func whatHappenedIsToldNewestFirstInPages() async throws {
    try await withServer { stage in
      _ = try await stage.deploy(ServerStage.script("one")) { $0.message = "hello" }
      let path = ControlPath.app("me", "tiny", .history)
      let all = try await stage.send("GET", path).decoded(HistoryPage.self)
      #expect(all.next == nil && all.entries.map(\.sequence) == all.entries.map(\.sequence).sorted(by: >))
      #expect(all.entries.contains { $0.kind == "revisionAdded" && $0.message == "deployed: hello" && $0.revision == "tiny-1" })
      #expect(all.entries.contains { $0.kind == "runnerReady" && $0.runner != nil })
      let page = try await stage.send("GET", path + "?limit=2").decoded(HistoryPage.self)
      let next = try #require(page.next)
      let rest = try await stage.send("GET", path + "?limit=1000&before=\(next)").decoded(HistoryPage.self)
      #expect(page.entries + rest.entries == all.entries)
    }
  }

  @Test func logsAreReadSearchedAndFollowed() async throws {
    try await withServer { stage in
      let chatty = """
        local app = app "tiny" {}
        app:endpoint("/", function(input) log.info("got " .. (input.word or "nothing")) return { word = "x" } end)
        """
      _ = try await stage.deploy(["app.lua": chatty])
      for word in ["moon", "sun"] {
        _ = try await stage.send("POST", "/me/tiny", body: Data("{\"word\":\"\(word)\"}".utf8))
      }
      let runner = try #require(try await stage.runners().first)
      func lines(_ query: String) async throws -> [LogLine] {
        try await stage.send("GET", ControlPath.runner(runner.id, .logs) + query).lines(LogLine.self)
      }
      #expect(try await lines("?last=2").map(\.message) == ["got moon", "got sun"])
      #expect(try await lines("?search=sun").map(\.message) == ["got sun"])
      #expect(try await lines("?since=\(Date().timeIntervalSince1970 + 100)").isEmpty)
      async let followed = lines("?follow=true&last=1")
      _ = try await stage.send("DELETE", ControlPath.app("me", "tiny"))
      #expect(try await followed.first?.message == "got sun")
    }
  }

  @Test func aBusyAppIsDeletedWhenItsRequestsAreOver() async throws {
    try await withServer { stage in
      let slow = """
        local app = app "tiny" {}
        app:endpoint("/", function() sleep(0.5) return { word = "slow" } end)
        """
      _ = try await stage.deploy(["app.lua": slow])
      async let answer = stage.call()
      _ = try await stage.until { $0.contains { $0.state == "RUNNING" } }
      #expect(try await stage.send("DELETE", ControlPath.app("me", "tiny") + "?grace=30").status == 204)
      #expect(try await answer.status == 200)
      #expect(try await stage.send("GET", ControlPath.app("me", "tiny")).status == 404)
      #expect(try await stage.call().status == 404)
      #expect(try await stage.send("DELETE", ControlPath.app("me", "tiny")).status == 404)
      #expect(try await stage.send("DELETE", ControlPath.app("me", "tiny") + "?grace=-1").status == 400)
    }
  }
}
