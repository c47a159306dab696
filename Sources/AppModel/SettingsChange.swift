/// Settings that can change without a new revision; nil leaves one as it is.
///
/// Two kinds, as fal has them. The *inherited* ones stay when the app is deployed again, unless the deploy resets them;
/// the *code-bound* ones (`maxMultiplexing`, `startupTimeout`, `machines`) hold until the next deploy only.
public struct SettingsChange: Sendable, Hashable, Codable {
  public var minConcurrency: Int?
  public var maxConcurrency: Int?
  public var concurrencyBuffer: Int?
  public var concurrencyBufferPercentage: Int?
  public var scalingDelay: InSeconds?
  public var keepAlive: InSeconds?
  public var requestTimeout: InSeconds?
  /// Zero clears it: a request then waits as long as its caller does.
  public var requestStartTimeout: InSeconds?
  public var regions: [String]?
  public var maxMultiplexing: Int?
  public var startupTimeout: InSeconds?
  public var machines: [Machine]?

  public init() {}
}

extension SettingsChange {
  /// The inherited settings as `definition` has them.
  public init(inheritedFrom definition: AppDefinition) {
    let scaling = definition.scaling
    minConcurrency = scaling.minConcurrency
    maxConcurrency = scaling.maxConcurrency
    concurrencyBuffer = scaling.concurrencyBuffer
    concurrencyBufferPercentage = scaling.concurrencyBufferPercentage
    scalingDelay = InSeconds(wrappedValue: scaling.scalingDelay)
    keepAlive = InSeconds(wrappedValue: scaling.keepAlive)
    requestTimeout = InSeconds(wrappedValue: definition.timeouts.request)
    requestStartTimeout = definition.timeouts.requestStart ?? InSeconds(wrappedValue: .zero)
    regions = definition.regions
  }

  /// Whether it changes nothing.
  public var isEmpty: Bool { self == SettingsChange() }

  /// This change after `earlier`: what this one leaves, the earlier one says.
  public func after(_ earlier: SettingsChange) -> SettingsChange {
    var both = SettingsChange()
    both.minConcurrency = minConcurrency ?? earlier.minConcurrency
    both.maxConcurrency = maxConcurrency ?? earlier.maxConcurrency
    both.concurrencyBuffer = concurrencyBuffer ?? earlier.concurrencyBuffer
    both.concurrencyBufferPercentage = concurrencyBufferPercentage ?? earlier.concurrencyBufferPercentage
    both.scalingDelay = scalingDelay ?? earlier.scalingDelay
    both.keepAlive = keepAlive ?? earlier.keepAlive
    both.requestTimeout = requestTimeout ?? earlier.requestTimeout
    both.requestStartTimeout = requestStartTimeout ?? earlier.requestStartTimeout
    both.regions = regions ?? earlier.regions
    both.maxMultiplexing = maxMultiplexing ?? earlier.maxMultiplexing
    both.startupTimeout = startupTimeout ?? earlier.startupTimeout
    both.machines = machines ?? earlier.machines
    return both
  }

  /// Without what `definition` says itself.
  public func differing(from definition: AppDefinition) -> SettingsChange {
    let same = SettingsChange(inheritedFrom: definition)
    var rest = self
    if minConcurrency == same.minConcurrency { rest.minConcurrency = nil }
    if maxConcurrency == same.maxConcurrency { rest.maxConcurrency = nil }
    if concurrencyBuffer == same.concurrencyBuffer { rest.concurrencyBuffer = nil }
    if concurrencyBufferPercentage == same.concurrencyBufferPercentage { rest.concurrencyBufferPercentage = nil }
    if scalingDelay == same.scalingDelay { rest.scalingDelay = nil }
    if keepAlive == same.keepAlive { rest.keepAlive = nil }
    if requestTimeout == same.requestTimeout { rest.requestTimeout = nil }
    if requestStartTimeout == same.requestStartTimeout { rest.requestStartTimeout = nil }
    if regions == same.regions { rest.regions = nil }
    if maxMultiplexing == definition.scaling.maxMultiplexing { rest.maxMultiplexing = nil }
    if startupTimeout?.wrappedValue == definition.timeouts.startup { rest.startupTimeout = nil }
    if machines == definition.machines { rest.machines = nil }
    return rest
  }

  /// `definition` with this change.
  public func applied(to definition: AppDefinition) -> AppDefinition {
    var changed = definition
    if let minConcurrency { changed.scaling.minConcurrency = minConcurrency }
    if let maxConcurrency { changed.scaling.maxConcurrency = maxConcurrency }
    if let concurrencyBuffer { changed.scaling.concurrencyBuffer = concurrencyBuffer }
    if let concurrencyBufferPercentage { changed.scaling.concurrencyBufferPercentage = concurrencyBufferPercentage }
    if let scalingDelay { changed.scaling.scalingDelay = scalingDelay.wrappedValue }
    if let keepAlive { changed.scaling.keepAlive = keepAlive.wrappedValue }
    if let maxMultiplexing { changed.scaling.maxMultiplexing = maxMultiplexing }
    if let requestTimeout { changed.timeouts.request = requestTimeout.wrappedValue }
    if let requestStartTimeout {
      changed.timeouts.requestStart = requestStartTimeout.wrappedValue == .zero ? nil : requestStartTimeout
    }
    if let startupTimeout { changed.timeouts.startup = startupTimeout.wrappedValue }
    if let regions { changed.regions = regions }
    if let machines, !machines.isEmpty { changed.machines = machines }
    return changed
  }
}
