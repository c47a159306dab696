import Glibc

/// Where a server keeps everything, and where the commands of the same user look for what they need to reach it.
public struct DataFolder: Sendable, Hashable {
  public static let variable = "APOLUNE_DATA_DIR"

  /// Absolute, without a slash at its end. The folder may be missing.
  public let path: String

  /// `named` (what `--data-dir` says), else `$APOLUNE_DATA_DIR`, else `$XDG_DATA_HOME/apolune`, else
  /// `~/.local/share/apolune`. A relative path counts from the working folder, save in `$XDG_DATA_HOME`, where the
  /// convention is to ignore it.
  public init(named: String? = nil, environment: [String: String]) {
    path = Self.absolute(Self.chosen(named, environment))
  }

  private static func chosen(_ named: String?, _ environment: [String: String]) -> String {
    if let named, !named.isEmpty { return named }
    if let named = environment[variable], !named.isEmpty { return named }
    if let shared = environment["XDG_DATA_HOME"], shared.hasPrefix("/") { return shared + "/apolune" }
    return UserFolder.home(environment) + "/.local/share/apolune"
  }

  private static func absolute(_ path: String) -> String {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    guard !path.hasPrefix("/"), let folder = getcwd(nil, 0) else { return path }
    defer { free(folder) }
    let base = String(cString: folder)
    return path == "." ? base : (base == "/" ? "/" : base + "/") + path
  }

  public var database: String { path + "/apolune.sqlite" }
  /// Held locked by the server that runs.
  public var lock: String { path + "/lock" }
  /// Files of revisions, as runners see them.
  public var bundles: String { path + "/bundles" }
  /// What runners wrote.
  public var logs: String { path + "/logs" }
  /// What callers uploaded.
  public var files: String { path + "/files" }
  /// `id:secret` of the owner, readable by this user alone.
  public var ownerKey: String { path + "/owner.key" }
  /// With which webhooks are signed, readable by this user alone.
  public var webhookKey: String { path + "/webhook.key" }
  /// Address and process of the server that runs: a `ServerRecord`.
  public var serverRecord: String { path + "/server.json" }
  /// Socket of the control API behind the gateway.
  public var controlSocket: String { path + "/control.sock" }
  /// What a server that was started in the background prints.
  public var serverLog: String { path + "/server.log" }
  /// Persistent mounts of apps.
  public var mounts: String { path + "/data" }
}
