import AppModel

/// Builds the definition of one app, and reports what is wrong with it.
struct DefinitionBuilder {
  let app: DraftApp
  let machines: MachineRules
  let overrides: DefinitionOverrides
  /// Whether the script ran to its end, so that what is missing is really missing.
  let isComplete: Bool
  var reader: OptionReader

  static let endpointsMax = 256

  /// nil where there is no program to run; other problems are in the findings alone.
  mutating func build() -> AppDefinition? {
    let name = DraftValue(.text(app.name), at: app.nameMark)
    _ = reader.check(name, as: .text(.name), name: "app")
    let options = reader.read(app.options, as: Schema.app, of: "an app")
    let endpoints = endpoints()
    let program = program(options, endpoints)
    let machines = machines(options)
    var definition = AppDefinition(name: app.name, program: program ?? .endpoints(endpoints), machines: machines)
    definition.summary = app.summary
    definition.owner = options.text("owner")
    definition.version = options.text("version")
    definition.auth = overrides.auth ?? options.text("auth").flatMap(Auth.init(rawValue:))
    let strategy = options.text("strategy").flatMap(Strategy.init(rawValue:))
    definition.strategy = overrides.strategy ?? strategy ?? .recreate
    definition.regions = options.texts("regions") ?? []
    setScaling(&definition.scaling, options)
    setTimeouts(&definition.timeouts, options)
    setRetry(&definition.retry, options)
    setEnvironment(&definition, options)
    setHealth(&definition, options, endpoints)
    setHooks(&definition)
    setRollout(&definition, options)
    return program == nil || machines.isEmpty ? nil : definition
  }

  private mutating func endpoints() -> [Endpoint] {
    var endpoints: [Endpoint] = []
    for draft in app.endpoints {
      if draft.path.isEmpty || TextProblem.urlPath(draft.path, "") != nil {
        let path = DraftValue(.text(draft.path), at: draft.pathMark)
        _ = reader.check(path, as: .text(.urlPath), name: "endpoint")
      }
      if let first = endpoints.first(where: { $0.path == draft.path }) {
        reader.findings.error(
          "duplicate-endpoint", "there is an endpoint \"\(draft.path)\" already, on line \(first.line)", at: draft.pathMark,
          fix: "give one of them another path")
      }
      let options = draft.options.map { reader.read($0, as: Schema.endpoint, of: "an endpoint") }
      let stream = options?.boolean("stream") ?? false
      endpoints.append(
        Endpoint(
          path: draft.path, stream: stream, line: draft.line, example: options?.text("example"),
          realtime: options.flatMap { realtime($0, streams: stream) }))
    }
    if endpoints.count > Self.endpointsMax {
      reader.findings.error(
        "too-many-endpoints", "the app has \(endpoints.count) endpoints", at: app.endpoints[Self.endpointsMax].pathMark,
        fix: "at most \(Self.endpointsMax) are allowed")
    }
    return endpoints
  }

  /// nil unless the endpoint is one that clients talk with over a websocket.
  private mutating func realtime(_ options: CheckedOptions, streams: Bool) -> Realtime? {
    guard options.boolean("realtime") == true else {
      for name in ["session_timeout", "max_buffering"] {
        guard let mark = options.given[name] else { continue }
        reader.findings.warning(
          "option-without-effect", "'\(name)' means nothing to an endpoint that is not realtime", at: mark,
          fix: "add realtime = true, or leave it out")
      }
      return nil
    }
    if streams, let mark = options.given["stream"] {
      reader.findings.error(
        "two-kinds", "an endpoint cannot be both 'stream' and 'realtime'", at: mark,
        fix: "leave out 'stream': a realtime handler can call `request:send` too")
    }
    return Realtime(sessionTimeout: options.duration("session_timeout"), maxBuffering: options.integer("max_buffering"))
  }

  private mutating func program(_ options: CheckedOptions, _ endpoints: [Endpoint]) -> AppDefinition.Program? {
    guard let commandMark = options.given["command"] else {
      if endpoints.isEmpty, isComplete {
        reader.findings.error(
          "no-program", "the app '\(app.name)' has neither an endpoint nor a command", at: app.nameMark,
          fix: "add app:endpoint(\"/\", function(input) … end), or command = { \"program\" }")
      }
      return endpoints.isEmpty ? nil : .endpoints(endpoints)
    }
    if let endpoint = app.endpoints.first {
      reader.findings.error(
        "two-programs", "the app '\(app.name)' has a command, so it cannot have endpoints too", at: endpoint.pathMark,
        fix: "serve \"\(endpoint.path)\" in the command, or leave out 'command' on line \(commandMark.position.line)")
    }
    return options.texts("command").map { .command($0) }
  }

  private mutating func setHooks(_ definition: inout AppDefinition) {
    definition.hooks = Schema.hooks.map(\.name).filter { name in app.hooks.contains { $0.name == name } }
    guard case .command = definition.program else { return }
    for hook in app.hooks where Schema.hook(hook.name)?.applies == .lua {
      reader.findings.warning(
        "hook-without-effect", "'\(hook.name)' never runs: a command app has no Lua in its runners", at: hook.mark,
        fix: "do it in the command")
    }
  }
}
