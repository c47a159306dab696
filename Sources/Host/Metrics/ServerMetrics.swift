import Gateway

/// What only the server's owner is told: of the gateway, of the process, and of what was lost.
struct ServerMetrics: Sendable {
  var version: String
  /// Seconds since 1970.
  var startedAt: Double
  var gateway: GatewayFigures
  var process: ProcessFigures
  /// Requests that are missing in usage.
  var usageLost: Int
  /// Lines that are missing in the access log.
  var accessLinesLost: Int

  func add(to text: inout MetricsText) {
    func add(_ name: String, _ kind: MetricsText.Kind, _ help: String, _ value: Double) {
      text.begin(name, kind, help)
      text.add(name, [], value)
    }
    let counts = gateway.counts
    add("apolune_gateway_connections", .gauge, "Open connections of clients.", Double(gateway.connections))
    add("apolune_gateway_connections_accepted_total", .counter, "Connections that were taken.", Double(counts.connections))
    add(
      "apolune_gateway_connections_refused_total", .counter, "Connections that were closed at once for want of room.",
      Double(counts.connectionsRefused))
    add("apolune_gateway_tunnels", .gauge, "Connections that are passed on to other hosts.", Double(gateway.tunnels))
    add("apolune_gateway_body_bytes", .gauge, "Bytes of request bodies that are held.", Double(gateway.bodyBytes))
    let answers = "apolune_gateway_platform_answers_total"
    text.begin(answers, .counter, "Requests that no app had, by the class of the platform's answer.")
    for (status, count) in StatusClass.counts(counts.platformAnswers) { text.add(answers, [("status", status)], count) }
    add(
      "apolune_gateway_records_lost_total", .counter, "Records of requests that usage or the access log had no room for.",
      Double(gateway.recordsLost))
    add("apolune_usage_requests_lost_total", .counter, "Requests that are missing in usage.", Double(usageLost))
    add("apolune_access_log_lines_lost_total", .counter, "Lines that are missing in the access log.", Double(accessLinesLost))
    text.begin("apolune_build_info", .gauge, "Always 1.")
    text.add("apolune_build_info", [("version", version)], 1)
    add("process_cpu_seconds_total", .counter, "Time of processors, in seconds.", process.cpuSeconds)
    add("process_resident_memory_bytes", .gauge, "Memory that it holds.", Double(process.residentBytes))
    add("process_virtual_memory_bytes", .gauge, "Memory that it has addresses for.", Double(process.virtualBytes))
    add("process_open_fds", .gauge, "Open file descriptors.", Double(process.openDescriptors))
    add("process_max_fds", .gauge, "File descriptors that it may have.", Double(process.descriptorsMax))
    add("process_start_time_seconds", .gauge, "When it started, in seconds since 1970.", startedAt)
  }
}
