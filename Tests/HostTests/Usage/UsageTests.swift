import AppModel
import ControlAPI
import Foundation
import Testing

@testable import Host

@Suite struct UsageTests {
  /// Asks until there are so many requests: what was just answered is told a moment later.
  private func report(_ stage: ServerStage, by: String, requests: Int64, key: String? = nil) async throws -> UsageReport {
    let end = ContinuousClock.now + .seconds(60)
    while true {
      let answer = try await stage.send("GET", ControlPath.usage + "?by=\(by)", key: key)
      #expect(answer.status == 200)
      let report = try answer.decoded(UsageReport.self)
      guard report.total.requests != requests, ContinuousClock.now < end else { return report }
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  @Test func whatAnAppUsedIsToldWithItsPriceAndOutlivesTheServer() async throws {
    let folder = try TemporaryFolder()
    func price(_ setup: inout ServerSetup) {
      setup.configuration.machines = [MachineType(name: "Paid", cpu: 0.5, memory: .megabytes(256), pricePerHour: 3600)]
    }
    let stage = try await ServerStage(folder: folder, change: price)
    #expect(try await stage.send("GET", ControlPath.usage).decoded(UsageReport.self).rows.isEmpty)
    #expect(try await stage.deploy(ServerStage.script("a", options: #"machine_type = "Paid""#)).status == 200)
    for _ in 0..<3 { #expect(try await stage.call().status == 200) }
    let report = try await report(stage, by: "app,machine,caller,kind", requests: 3)
    let called = try #require(report.rows.first { $0.of["caller"] == "me" })
    #expect(called.of == ["app": "me/tiny", "machine": "Paid", "caller": "me", "kind": "direct"])
    #expect(called.usage.requests == 3 && called.usage.failed == 0 && called.usage.requestSeconds > 0)
    let runners = try #require(report.rows.first { $0.of["caller"] == "" })
    let seconds = runners.usage.seconds
    #expect(seconds.setup > 0 && seconds.running > 0 && seconds.idle > 0)
    // A unit of money for each second, which makes it easy to compare.
    #expect(abs((runners.usage.cost ?? 0) - seconds.total) < 0.01)
    await stage.server.stop(endingRunners: true)
    let next = try await ServerStage(folder: folder, change: price)
    let after = try await self.report(next, by: "app", requests: 3).total
    #expect(after.seconds.setup == seconds.setup && after.seconds.total >= seconds.total && after.seconds.draining > 0)
    let again = try await self.report(next, by: "app", requests: 3).total
    #expect(again == after)
    await next.server.stop(endingRunners: true)
  }

  @Test func everybodySeesTheirOwn() async throws {
    let stage = try await ServerStage()
    #expect(try await stage.send("POST", ControlPath.users, json: UserCreation(name: "bob")).status == 201)
    func key(_ preset: String) async throws -> String {
      var creation = KeyCreation()
      (creation.user, creation.preset) = ("bob", preset)
      return try await stage.send("POST", ControlPath.keys, json: creation).decoded(KeyCreated.self).key
    }
    let bob = try await key("full")
    #expect(try await stage.send("GET", ControlPath.usage, key: key("api")).status == 403)
    #expect(try await stage.deploy(ServerStage.script("a", options: #"auth = "shared""#)).status == 200)
    #expect(try await stage.call().status == 200)
    for _ in 0..<2 { #expect(try await stage.send("POST", "/me/tiny", body: Data("{}".utf8), key: bob).status == 200) }
    let all = try await report(stage, by: "payer", requests: 3)
    #expect(all.rows.map { $0.of["payer"] } == ["bob", "me"] && all.rows.map(\.usage.requests) == [2, 1])
    let his = try await report(stage, by: "caller,key,payer,owner", requests: 2, key: bob)
    #expect(his.rows.count == 1 && his.rows[0].of["owner"] == "me" && his.total.seconds.total == 0)
    #expect(his.rows[0].of["key"] == String(bob.prefix { $0 != ":" }))
    await stage.server.stop(endingRunners: true)
  }

  @Test(arguments: ["by=colour", "since=x", "by=app&by2=1"]) func whatMakesNoSenseIsRefused(query: String) async throws {
    let stage = try await ServerStage()
    #expect(try await stage.send("GET", ControlPath.usage + "?" + query).status == 400)
    await stage.server.stop(endingRunners: true)
  }
}
