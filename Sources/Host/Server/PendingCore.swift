import AppModel
import Engine
import EngineCore
import Planning

// Stands in for what the core does not know yet.

extension AppState {
  var settings: SettingsChange { SettingsChange() }
}

extension SettingsChange {
  var inheritedOnly: SettingsChange { self }
}

extension Runner {
  var placement: Placement? { nil }
  var willBeReplaced: Bool { false }
}

extension Revision {
  var createdAt: Moment { Moment(nanoseconds: 0) }
  var message: String? { nil }
  var annotations: [String: String] { [:] }
  var hasFailed: Bool { false }
}

extension EngineState {
  var nodes: [Node] { [] }
}

extension DeployOptions {
  var resetsSettings: Bool {
    get { false }
    set {}
  }
  var message: String? {
    get { nil }
    set {}
  }
  var annotations: [String: String] {
    get { [:] }
    set {}
  }
}

extension Engine {
  private var pending: APIFailure { APIFailure(501, "not-implemented", "this cannot be done yet") }

  func setRevision(
    _ app: AppID, _ revision: RevisionID, strategy: Strategy, auth: Auth?, warm: Bool
  ) async throws { throw pending }
  func deleteRevision(_ app: AppID, _ revision: RevisionID) async throws { throw pending }
  func change(_ app: AppID, _ change: SettingsChange) async throws { throw pending }
  func replaceRunners(_ app: AppID, forced: Bool) async throws { throw pending }
}
