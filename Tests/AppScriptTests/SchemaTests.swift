import AppModel
import Testing

@testable import AppScript

@Suite struct SchemaTests {
  @Test func noNameIsThereTwice() {
    var names = Schema.app.flatMap { [$0.name] + $0.otherNames } + Schema.hooks.map(\.name)
    names = names.filter { $0 != "health" } + ["health"]
    #expect(Set(names).count == names.count)
    #expect(Schema.foreign.keys.allSatisfy { key in !Schema.app.contains { $0.name == key || $0.otherNames.contains(key) } })
  }

  @Test func theExampleOfEveryOptionIsOfItsOwnKind() {
    for spec in Schema.app + Schema.rollout + Schema.analysis + Schema.health + Schema.machineType + Schema.server + Schema.limits
      + Schema.tls + Schema.node + Schema.overcommit + Schema.nodeGPU
    {
      #expect(!spec.kind.example.isEmpty && !spec.kind.expectation.isEmpty && spec.doc.hasSuffix("."), "\(spec.name)")
    }
  }

  @Test func theReferencePageNamesEveryOptionAndHook() {
    let pages = [ReferencePage.text(), ReferencePage.markdown()]
    for page in pages {
      for spec in Schema.app + Schema.endpoint { #expect(page.contains(spec.name)) }
      for hook in Schema.hooks { #expect(page.contains("\(hook.name)(\(hook.parameters))")) }
      #expect(page.contains("health.failure_threshold") && page.contains("gpu.model"))
      #expect(page.contains("limits.runners_per_app") && page.contains("overcommit.cpu") && page.contains("gpus.ids"))
    }
    let row = pages[0].split(separator: "\n").first { $0.contains("  min_concurrency") }
    #expect(
      row?.split(separator: " ").joined(separator: " ") == "min_concurrency integer 0 Runners that are always alive. (0 to 10000)"
    )
    #expect(
      pages[1].contains(
        "| `auth` | private \\| shared \\| public | `\"private\"` | – | Who may call: the owner's keys, any user's key, or anyone;"
      ))
  }

  @Test(
    arguments: [
      ("keepalive", "keep_alive"), ("keepAlive", "keep_alive"), ("keep-alive", "keep_alive"), ("KEEP_ALIVE", "keep_alive"),
      ("machin_type", "machine_type"), ("max_multiplexign", "max_multiplexing"), ("startegy", "strategy"), ("zzzzz", nil),
      ("", nil), (String(repeating: "x", count: 1000), nil),
    ] as [(String, String?)])
  func theNearestNameIsSuggested(name: String, suggestion: String?) {
    #expect(Suggestion.nearest(to: name, among: Schema.app.map(\.name)) == suggestion)
  }

  @Test func theDistanceCountsASwapOnce() {
    #expect(Suggestion.distance(Array("setup".utf8), Array("setpu".utf8)) == 1)
    #expect(Suggestion.distance(Array("kitten".utf8), Array("sitting".utf8)) == 3)
    #expect(Suggestion.distance([], Array("abc".utf8)) == 3)
  }
}
