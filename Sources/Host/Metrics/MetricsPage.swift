import EngineCore
import Gateway

/// All metrics of one moment, ready to be written.
struct MetricsPage: Sendable {
  /// A piece is handed on once it has so many bytes: what a page of ten thousand apps holds at once.
  private static let pieceBytes = 32 * 1024

  /// In the order in which they are written.
  var apps: [AppFigures]
  var runners: RunnerMetrics
  /// Of the server itself; nil: not for whoever asks.
  var server: ServerMetrics?

  /// Gives the text to `take`, piece by piece.
  func write(_ take: ([UInt8]) async throws -> Void) async throws {
    var text = MetricsText()
    text.begin(RunnerMetrics.name, .gauge, RunnerMetrics.help)
    for (labels, count) in runners.samples {
      text.add(RunnerMetrics.name, labels, count)
      try await pass(on: &text, take)
    }
    let names = apps.map { "\($0.app)" }
    for family in AppMetrics.families {
      text.begin(family.name, family.kind, family.help)
      for (app, name) in zip(apps, names) {
        family.add(app, family.name, [("app", name)], &text)
        try await pass(on: &text, take)
      }
    }
    server?.add(to: &text)
    try await take(text.take())
  }

  private func pass(on text: inout MetricsText, _ take: ([UInt8]) async throws -> Void) async throws {
    if text.bytes.count >= Self.pieceBytes { try await take(text.take()) }
  }
}
