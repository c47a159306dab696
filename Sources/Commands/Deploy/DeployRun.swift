import AppModel
import ControlAPI
import Host

/// A deploy from the files that a server lacks to the app's address.
struct DeployRun: Sendable {
  let request: DeployRequest
  let files: [Fingerprint]
  let script: EvaluatedScript
  let display: RolloutDisplay
  /// Shows what would change, and asks.
  let asks: Bool
  let isAgreed: Bool

  /// Uploads at the same time: enough to hide each other's waiting.
  private static let uploadsMax = 4

  func run(_ context: ServerContext) async throws {
    try await upload(context)
    let rollout = RolloutRun(context: context, display: display)
    if asks { try await confirm(rollout, context) }
    let report = try await rollout.follow { [request] take in try await context.client.deploy(request, take) }
    for result in report.results {
      if context.format == .json {
        context.console.say(try Console.jsonLine(DeployAnswer(result)))
      } else {
        context.console.say(panel(result, report, context.client).render(context.console.output))
      }
    }
    try report.throwFailure()
  }

  private func upload(_ context: ServerContext) async throws {
    let byHash = Dictionary(files.map { ($0.hash, $0) }) { first, _ in first }
    let answer = try await context.client.missing(BlobsWanted(hashes: byHash.keys.sorted()))
    let missing = answer.missing.compactMap { byHash[$0] }
    for file in missing where file.size > answer.bytesMax {
      // To the byte: rounded, a file that is a little too large would look as if it were not.
      let (has, may) = ("\(file.size) bytes", "\(answer.bytesMax)")
      throw CommandError(
        "file-too-large", "\(file.path) has \(has), and a file may have \(may)",
        fix: "keep large data in a mount such as /data, or leave it out with 'files_ignore'")
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, file) in missing.enumerated() {
        if index >= Self.uploadsMax { try await group.next() }
        group.addTask {
          try await context.client.upload(file.hash, FileChunks(path: file.source, size: file.size))
        }
      }
      try await group.waitForAll()
    }
    let size = files.reduce(0) { $0 + $1.size }
    let count = "\(files.count) \(files.count == 1 ? "file" : "files")"
    display.end("package", "\(count), \(Self.amount(size)); \(missing.isEmpty ? "none" : "\(missing.count)") sent")
  }

  private static func amount(_ bytes: Int) -> String {
    bytes < 1024 ? "\(bytes) B" : bytes < 1_048_576 ? "\((bytes + 512) / 1024) KB" : NodeText.amount(Int64(bytes))
  }

  /// Prints the differences, and returns when the person typed `confirm`.
  private func confirm(_ rollout: RolloutRun, _ context: ServerContext) async throws {
    var check = request
    check.isCheck = true
    let report = try await rollout.follow { [check] take in try await context.client.deploy(check, take) }
    try report.throwFailure()
    display.clear()
    if context.format == .text { context.console.say(SettingsTable.render(report, context.console.output)) }
    let apps = report.results.map { "\($0.owner)/\($0.app)" }.joined(separator: ", ")
    try Confirmation(warning: "\(apps) will be deployed to \(request.environment).", word: "confirm")
      .ask(isAgreed: isAgreed, context.console)
  }

  private func panel(_ result: DeployResult, _ report: RolloutReport, _ client: ControlClient) -> DeployPanel {
    let definition = script.definitions.first { $0.name == request.app ?? result.app } ?? script.definitions.first
    return DeployPanel(
      result: result, program: definition?.program, key: client.key, roots: client.trust.file,
      inherited: report.inherited[result.app] ?? [], duration: display.elapsed)
  }
}
