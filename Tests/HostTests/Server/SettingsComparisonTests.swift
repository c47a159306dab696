import AppModel
import ControlAPI
import Testing

@testable import Host

@Suite struct SettingsComparisonTests {
  private func definition(_ change: (inout AppDefinition) -> Void = { _ in }) -> AppDefinition {
    var definition = AppDefinition(name: "words", program: .endpoints([]), machines: [Machine(MachineType.builtIn[1])])
    change(&definition)
    return definition
  }

  private func differences(
    _ before: AppDefinition?, _ after: AppDefinition, code: AppDefinition, auth: Auth = .private
  ) -> [SettingDifference] {
    SettingsComparison.differences(
      before: before.map { .init(definition: $0, auth: .private) }, after: .init(definition: after, auth: auth), code: code)
  }

  @Test func theSameSettingsDifferInNothing() {
    #expect(differences(definition(), definition(), code: definition()).isEmpty)
  }

  @Test func aFirstDeployHasNothingToCompareWith() {
    #expect(differences(nil, definition { $0.scaling.maxConcurrency = 7 }, code: definition()).isEmpty)
  }

  @Test func aChangeIsShownWithBothSides() {
    let after = definition {
      $0.machines = [Machine(MachineType.builtIn[2])]
      $0.scaling.maxMultiplexing = 4
    }
    #expect(
      differences(definition(), after, code: after, auth: .public) == [
        .init(name: "machine_type", before: "S", after: "M"), .init(name: "cpu", before: "1", after: "2"),
        .init(name: "memory", before: "1GB", after: "2GB"), .init(name: "auth", before: "private", after: "public"),
        .init(name: "max_multiplexing", before: "1", after: "4"),
      ])
  }

  @Test func anInheritedSettingShowsWhatTheCodeSays() {
    let kept = definition { $0.scaling.keepAlive = .seconds(90) }
    let found = differences(kept, kept, code: definition())
    #expect(found == [.init(name: "keep_alive", before: "1m30s", after: "1m30s", code: "1m")])
    #expect(SettingsComparison.inherited(found) == ["keep_alive"])
  }
}
