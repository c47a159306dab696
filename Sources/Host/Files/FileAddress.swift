/// Where files are fetched, by callers and by apps; and under which address a client knows this server.
enum FileAddress {
  /// Names that lead to fal and not here, except through a proxy that only the uploading client has.
  private static let foreign = ["fal.ai", "fal.media", "fal.run"]
  /// Bytes of a host name with its port.
  private static let hostMax = 260

  /// Scheme and host, without a slash at the end.
  ///
  /// - Parameters:
  ///   - host: as the client wrote it.
  ///   - scheme: of the client's connection, where the gateway says so.
  ///   - server: the plain address of this server.
  static func base(host: String?, scheme: String?, server: String) -> String {
    named(host: host, scheme: scheme) ?? server
  }

  /// The address that a client wrote; nil when that leads to this server from its place alone, or nowhere.
  static func named(host: String?, scheme: String?) -> String? {
    guard let host, isHost(host) else { return nil }
    let name = host.prefix { $0 != ":" }.lowercased()
    guard !foreign.contains(where: { name == $0 || name.hasSuffix("." + $0) }) else { return nil }
    return (scheme == "https" ? "https://" : "http://") + host
  }

  private static func isHost(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= hostMax
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: ":"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "["), UInt8(ascii: "]"):
          true
        default: false
        }
      }
  }
}
