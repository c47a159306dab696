import AppModel
import ControlAPI
import EngineCore

extension RevisionInfo {
  init(_ revision: Revision, of app: AppState) {
    self.init(
      revision: revision.id.text, status: Self.status(of: revision, in: app),
      createdAt: revision.createdAt.secondsSince1970, bundle: revision.bundle.hash, auth: revision.auth,
      scaling: revision.definition.scaling, machineTypes: revision.definition.machines.map(\.type),
      runners: app.runners.filter { $0.revision == revision.id && !$0.state.isTerminated }.count)
    message = revision.message
    annotations = revision.annotations
  }

  private static func status(of revision: Revision, in app: AppState) -> Status {
    switch app.status(of: revision) {
    case .deploying: .deploying
    case .active: .active
    case .inactive: .inactive
    case .failed: .failed
    }
  }
}
