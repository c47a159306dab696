import ControlAPI
import EngineCore
import Foundation
import Testing

@testable import Gateway
@testable import Host

@Suite struct MetricsTests {
  @Test func labelsAndHelpAreEscapedAndNumbersPlain() {
    var text = MetricsText()
    text.begin("a", .gauge, "Say \"b\"\\\nc")
    text.add("a", [("x", "\"b\"\\\nc\u{1F600}"), ("y", "")], 1.5)
    text.add("a", [], 12)
    for value in [Double.infinity, -.infinity, .nan, 1e300, 0.000_001] { text.add("a", [], value) }
    #expect(
      String(decoding: text.take(), as: UTF8.self) == #"""
        # HELP a Say "b"\\\nc
        # TYPE a gauge
        a{x="\"b\"\\\nc😀",y=""} 1.5
        a 12
        a +Inf
        a -Inf
        a NaN
        a 1e+300
        a 1e-06

        """#)
    #expect(text.bytes.isEmpty)
  }

  @Test func aHistogramsBucketsAddUp() {
    var histogram = LatencyHistogram()
    for microseconds: Int64 in [0, 500, 501, 3_600_000_000, 3_601_000_000] { histogram.add(nanoseconds: microseconds * 1000) }
    #expect(histogram.counts[0] == 2 && histogram.counts[1] == 1 && histogram.counts[18] == 1 && histogram.counts[19] == 1)
    var text = MetricsText()
    text.add("h", [("app", "a")], histogram)
    let lines = String(decoding: text.take(), as: UTF8.self).split(separator: "\n")
    #expect(lines.count == LatencyHistogram.bounds.count + 3)
    #expect(lines.first == #"h_bucket{app="a",le="0.0005"} 2"# && lines[1] == #"h_bucket{app="a",le="0.001"} 3"#)
    #expect(
      lines[18...20] == [#"h_bucket{app="a",le="3600"} 4"#, #"h_bucket{app="a",le="+Inf"} 5"#, #"h_sum{app="a"} 7201.001001"#])
    #expect(lines.last == #"h_count{app="a"} 5"#)
  }

  private func figures(_ count: Int) -> [AppFigures] {
    (0..<count).map { number in
      var counts = AppCounts()
      counts.received = 1
      counts.add(.made { $0.status = 200 })
      return AppFigures(app: AppID(owner: "me", name: "app-\(number)"), waiting: 2, running: 1, counts: counts)
    }
  }

  @Test func aPageOfManyAppsComesInSmallPiecesAndEachFamilyInOne() async throws {
    let page = MetricsPage(apps: figures(1000), runners: RunnerMetrics(EngineState(), owner: nil), server: nil)
    var pieces: [Int] = []
    var whole: [UInt8] = []
    try await page.write { piece in
      pieces.append(piece.count)
      whole += piece
    }
    #expect(pieces.count > 50 && pieces.allSatisfy { $0 < 64 * 1024 })
    var seen: [Substring] = []
    for line in String(decoding: whole, as: UTF8.self).split(separator: "\n") where !line.hasPrefix("#") {
      var name = line.prefix { $0 != "{" }
      for ending in ["_bucket", "_sum", "_count"] where name.hasSuffix(ending) { name = name.dropLast(ending.count) }
      if seen.last != name { seen.append(name) }
    }
    #expect(Set(seen).count == seen.count, "a family is in several places: \(seen)")
    #expect(seen.count == AppMetrics.families.count)
  }

  @Test func theProcessHasMemoryTimeAndDescriptors() {
    let figures = ProcessFigures.now()
    #expect(figures.residentBytes > 1 << 20 && figures.virtualBytes >= figures.residentBytes)
    #expect(figures.cpuSeconds > 0 && figures.openDescriptors > 2 && figures.descriptorsMax > figures.openDescriptors)
  }

  private func page(_ stage: ServerStage, key: String? = nil) async throws -> (status: Int, lines: [Substring]) {
    let answer = try await stage.send("GET", "/metrics", key: key)
    return (answer.status, String(decoding: answer.body, as: UTF8.self).split(separator: "\n"))
  }

  @Test func theOwnerIsToldEverythingOthersOfTheirOwnAppsAndNobodyElseAnything() async throws {
    let stage = try await ServerStage()
    #expect(try await stage.deploy(ServerStage.script("a")).status == 200)
    #expect(try await stage.call().status == 200)
    let owners = try await page(stage)
    #expect(owners.status == 200)
    for line in [
      #"fal_app_runners{app="me/tiny",state="IDLE",machine_type="S"} 1"#, #"fal_app_queue_size{app="me/tiny"} 0"#,
      #"fal_app_concurrent_requests{app="me/tiny"} 0"#, #"fal_app_requests_received{app="me/tiny"} 1"#,
      #"fal_app_requests_completed{app="me/tiny",status="2xx"} 1"#, #"fal_app_request_latency_count{app="me/tiny"} 1"#,
      #"apolune_app_request_duration_seconds_bucket{app="me/tiny",le="+Inf"} 1"#, "apolune_gateway_records_lost_total 0",
      #"apolune_build_info{version="1"} 1"#,
    ] { #expect(owners.lines.contains { $0 == line }, "\(line)") }
    #expect(try await stage.send("POST", ControlPath.users, json: UserCreation(name: "bob")).status == 201)
    var creation = KeyCreation()
    creation.user = "bob"
    let bob = try await stage.send("POST", ControlPath.keys, json: creation).decoded(KeyCreated.self).key
    let his = try await page(stage, key: bob)
    #expect(his.status == 200 && his.lines.allSatisfy { $0.hasPrefix("#") })
    creation.preset = "api"
    let api = try await stage.send("POST", ControlPath.keys, json: creation).decoded(KeyCreated.self).key
    #expect(try await page(stage, key: api).status == 403)
    #expect(try await page(stage, key: "wrong").status == 401)
    #expect(try await stage.send("POST", "/metrics").status == 405)
    await stage.server.stop(endingRunners: true)
  }
}
