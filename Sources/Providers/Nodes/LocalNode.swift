import AppModel
import CPlatform
import Glibc
import Planning

/// This machine, as a node.
struct LocalNode: Sendable {
  let settings: LocalNodeSettings

  init(_ settings: LocalNodeSettings) { self.settings = settings }

  func look(gpus: [Node.GPU]) -> Node {
    let capacity = Capacity.found()
    let cores = settings.cpu ?? capacity.cores
    let memory = settings.memory ?? capacity.memory
    return Node(
      id: NodeID(settings.name ?? Self.hostName()), labels: settings.labels,
      cpu: cores * settings.cpuOvercommit,
      memory: ByteCount(Int64(Double(memory.bytes) * settings.memoryOvercommit)), gpus: gpus)
  }

  /// The host's name in lower case, with `-` in place of whatever is no letter, digit, `.`, `-` or `_`.
  static func hostName() -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    // Cut names are not ended by the system.
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return unnamed }
    return sanitised(String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
  }

  private static let unnamed = "local"
  /// As long as a DNS label may be.
  private static let nameMax = 63

  static func sanitised(_ name: String) -> String {
    let bytes = name.lowercased().utf8.prefix(nameMax).map { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."): byte
      case UInt8(ascii: "-"), UInt8(ascii: "_"): byte
      default: UInt8(ascii: "-")
      }
    }
    return bytes.isEmpty ? unnamed : String(decoding: bytes, as: UTF8.self)
  }
}
