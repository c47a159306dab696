import FoundationEssentials
import Host

/// The key that a command shows to a server, and where it lies.
struct ClientKey: Sendable, Hashable {
  enum Origin: Sendable, Hashable {
    /// `$APOLUNE_KEY`
    case variable
    /// A file of this path.
    case file(String)
  }

  static let variable = "APOLUNE_KEY"
  /// A longer file holds no key.
  private static let bytesMax = 4_096

  /// `id:secret`
  let text: String
  let origin: Origin

  init(_ text: String, _ origin: Origin) {
    self.text = text
    self.origin = origin
  }

  /// `$APOLUNE_KEY`, else the owner's key of `folder` for a server on this machine; nil where there is none.
  static func find(for server: ServerLocation, folder: DataFolder, environment: [String: String]) -> ClientKey? {
    if let key = environment[variable]?.filter({ !$0.isWhitespace }), !key.isEmpty { return ClientKey(key, .variable) }
    guard server.isOwn, let data = FileManager.default.contents(atPath: folder.ownerKey), data.count <= bytesMax else {
      return nil
    }
    let key = String(decoding: data, as: UTF8.self).filter { !$0.isWhitespace }
    return key.isEmpty ? nil : ClientKey(key, .file(folder.ownerKey))
  }

  /// As a person would say where it is: `$APOLUNE_KEY`, `the key in /data/owner.key`.
  var whence: String {
    switch origin {
    case .variable: "the key from $\(Self.variable)"
    case .file(let path): "the key in \(path)"
    }
  }

  /// The header's value, to stand in double quotes of a shell: it names the place, so that no secret is shown.
  var shellHeader: String {
    switch origin {
    case .variable: "Authorization: Key $\(Self.variable)"
    case .file(let path): "Authorization: Key $(cat \(ShellWord.quoted(path)))"
    }
  }
}
