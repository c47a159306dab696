import AppModel
import ControlAPI

/// Revisions as `apps list-rev` shows them.
enum RevisionTable {
  static func render(_ revisions: [RevisionInfo], environment: String, _ time: TimeText, _ style: Style) -> String {
    let hasMessages = revisions.contains { $0.message != nil || !$0.annotations.isEmpty }
    var table = Table(
      [
        .init("Revision"), .init("Env"), .init("Status"), .init("Auth"), .init("Min Concurrency", .right),
        .init("Max Concurrency", .right), .init("Max Multiplexing", .right), .init("Keep Alive", .right),
        .init("Machine Type"), .init("Runners", .right), .init("Bundle"), .init("Created"),
      ] + (hasMessages ? [.init("Message")] : []))
    for revision in revisions {
      let scaling = revision.scaling
      table.add([
        revision.revision, environment, revision.status.rawValue, revision.auth.rawValue, "\(scaling.minConcurrency)",
        "\(scaling.maxConcurrency)", "\(scaling.maxMultiplexing)", scaling.keepAlive.text,
        revision.machineTypes.joined(separator: ", "), "\(revision.runners)", String(revision.bundle.prefix(hashLength)),
        time.moment(revision.createdAt), note(revision),
      ])
    }
    return table.render(style)
  }

  /// Characters of a bundle's hash that are shown: enough to see whether two are the same.
  private static let hashLength = 12

  private static func note(_ revision: RevisionInfo) -> String {
    let annotations = revision.annotations.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return ([revision.message].compactMap { $0 } + annotations).joined(separator: " ")
  }
}
