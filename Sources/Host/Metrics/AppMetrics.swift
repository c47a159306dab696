import EngineCore
import Gateway

/// One family of metrics that every app has.
struct AppMetrics: Sendable {
  var name: String
  var kind: MetricsText.Kind
  var help: String
  var add: @Sendable (_ app: AppFigures, _ name: String, _ labels: [(String, String)], _ text: inout MetricsText) -> Void

  /// The first have fal's names, and mean what they mean there.
  static let families = [
    AppMetrics(name: "fal_app_queue_size", kind: .gauge, help: "Requests that wait for a runner.") {
      $3.add($1, $2, $0.waiting)
    },
    AppMetrics(name: "fal_app_concurrent_requests", kind: .gauge, help: "Requests that runners have.") {
      $3.add($1, $2, $0.running)
    },
    AppMetrics(name: "fal_app_requests_received", kind: .counter, help: "Requests that the app took.") {
      $3.add($1, $2, $0.counts.received)
    },
    AppMetrics(
      name: "fal_app_requests_completed", kind: .counter,
      help: "Requests that are over, by the class of their status; 4xx has those whose caller left."
    ) { app, name, labels, text in
      for (status, count) in StatusClass.counts(app.counts.completed) { text.add(name, labels + [("status", status)], count) }
    },
    AppMetrics(
      name: "fal_app_request_latency", kind: .histogram, help: "Seconds from when a runner had a request until its end."
    ) { if $0.counts.received > 0 { $3.add($1, $2, $0.counts.running) } },
    AppMetrics(
      name: "apolune_app_request_duration_seconds", kind: .histogram,
      help: "Seconds from the arrival of a request until its end, with its wait for a runner."
    ) { if $0.counts.received > 0 { $3.add($1, $2, $0.counts.total) } },
    AppMetrics(
      name: "apolune_app_cold_start_seconds", kind: .histogram,
      help: "Seconds that requests waited which found no runner ready."
    ) { if $0.counts.coldStarts.count > 0 { $3.add($1, $2, $0.counts.coldStarts) } },
  ]
}

/// Statuses by their first digit.
enum StatusClass {
  /// `2xx` and the like, with how many there were; without those that are no statuses.
  static func counts(_ counts: InlineArray<6, Int>) -> [(String, Int)] {
    (1...5).filter { counts[$0] > 0 || $0 == 2 || $0 == 5 }.map { ("\($0)xx", counts[$0]) }
  }
}
