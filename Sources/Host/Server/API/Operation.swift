/// Everything that the control API can do.
enum Operation: String, Sendable, Hashable, CaseIterable {
  case health
  case openAPI
  case status
  case stop
  case nodes
  case gpus
  case blobsMissing
  case putBlob
  case deploy
  case apps
  case app
  case deleteApp
  case revisions
  case deleteRevision
  case setRevision
  case scale
  case replaceRunners
  case appRunners
  case appGPUs
  case history
  case runners
  case runner
  case stopRunner
  case killRunner
  case runnerLogs
  case environments
  case createEnvironment
  case deleteEnvironment
  case users
  case createUser
  case deleteUser
  case keys
  case createKey
  case revokeKey
  case whoAmI
}
