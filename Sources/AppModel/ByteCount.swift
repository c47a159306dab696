/// An amount of memory or storage, in bytes.
public struct ByteCount: Sendable, Hashable, Comparable {
  public var bytes: Int64

  public init(_ bytes: Int64) { self.bytes = bytes }

  public static func megabytes(_ count: Int64) -> ByteCount { ByteCount(count * 1_048_576) }
  public static func gigabytes(_ count: Int64) -> ByteCount { ByteCount(count * 1_073_741_824) }

  public static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }
}

extension ByteCount: CustomStringConvertible {
  /// The largest unit that divides the amount evenly: `512 MB`, `15 GB`, `1536 MB`, `7 B`.
  public var description: String {
    let units: [(size: Int64, name: String)] = [(1 << 40, "TB"), (1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB")]
    for unit in units where bytes != 0 && bytes % unit.size == 0 { return "\(bytes / unit.size) \(unit.name)" }
    return "\(bytes) B"
  }
}

extension ByteCount: Codable {
  public init(from decoder: any Decoder) throws {
    bytes = try decoder.singleValueContainer().decode(Int64.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(bytes)
  }
}
