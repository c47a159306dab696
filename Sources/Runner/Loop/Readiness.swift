import CPlatform

/// What a descriptor can do, or is watched for.
struct Readiness: OptionSet, Sendable {
  var rawValue: UInt32

  static let readable = Readiness(rawValue: PLATFORM_READABLE)
  static let writable = Readiness(rawValue: PLATFORM_WRITABLE)
  /// The other side is gone. Always reported, never asked for.
  static let hungUp = Readiness(rawValue: PLATFORM_HUNG_UP)
}
