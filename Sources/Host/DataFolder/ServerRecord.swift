import FoundationEssentials
import Glibc

/// Which server runs on a data folder, so that commands find it without being told its address.
public struct ServerRecord: Sendable, Hashable, Codable {
  /// Base address of apps and of the control API, without a slash at its end.
  public var url: String
  public var pid: Int32

  public init(url: String, pid: Int32) {
    self.url = url
    self.pid = pid
  }

  /// A file with more bytes than this is none of ours.
  private static let bytesMax = 65_536

  /// What the folder says about a server whose process lives; nil without one. A number that another process got
  /// meanwhile makes this a guess: whoever connects finds out.
  public static func read(in folder: DataFolder) -> ServerRecord? {
    guard let data = FileManager.default.contents(atPath: folder.serverRecord), data.count <= bytesMax,
      let record = try? JSONDecoder().decode(ServerRecord.self, from: data), record.pid > 0
    else { return nil }
    return ProcessState.isAlive(record.pid) ? record : nil
  }

  /// Puts the record in place in one step, so that a reader sees a whole one or none.
  public func write(in folder: DataFolder) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try encoder.encode(self).write(to: URL(filePath: folder.serverRecord), options: .atomic)
  }

  /// Takes the record away when the server ends; what a killed one leaves is seen through by its process's number.
  public static func remove(in folder: DataFolder) { unlink(folder.serverRecord) }
}
