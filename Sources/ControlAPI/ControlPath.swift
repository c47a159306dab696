/// The addresses of the control API: one place for those who serve them and those who call them.
///
/// What concerns an app takes the query `environment`, `main` where it is left out.
public enum ControlPath {
  /// Everything below it is the control API's, so no owner may have this name.
  public static let prefix = "/v1"

  /// GET, without a key: `ServerHealth`.
  public static let health = prefix + "/health"
  /// GET, without a key: the OpenAPI document of all this.
  public static let document = prefix + "/openapi.json"
  /// GET: `ServerStatus`.
  public static let status = prefix + "/status"
  /// POST `ServerStop`: 202, then the server ends.
  public static let stop = prefix + "/stop"
  /// GET: `NodeList`.
  public static let nodes = prefix + "/nodes"
  /// GET: `GPUCounts` of all apps.
  public static let gpus = prefix + "/gpus"
  /// POST `BlobsWanted`: `BlobsMissing`.
  public static let blobsMissing = prefix + "/blobs/missing"
  /// POST `DeployRequest`: `DeployEvent`s, one JSON object a line.
  public static let deploys = prefix + "/deploys"
  /// GET: `AppList`; without the query `environment`, of all environments.
  public static let apps = prefix + "/apps"
  /// GET with `environment`, `since` and `state`: `RunnerList`; without `environment`, of all.
  public static let runners = prefix + "/runners"
  /// GET: `EnvironmentList`. POST `EnvironmentCreation`: 201, `EnvironmentInfo`.
  public static let environments = prefix + "/environments"

  /// GET: `UserList`. POST `UserCreation`: 201, `UserInfo`.
  public static let users = prefix + "/users"
  /// GET: `KeyList`. POST `KeyCreation`: 201, `KeyCreated`.
  public static let keys = prefix + "/keys"
  /// GET: `WhoAmI`.
  public static let whoAmI = prefix + "/whoami"

  /// GET with `since`, `until` and `by`: `UsageReport`.
  public static let usage = prefix + "/usage"

  /// GET with `dead`: `WebhookList`.
  public static let webhooks = prefix + "/webhooks"
  /// POST without a body: 202; all that were given up are tried again.
  public static let webhooksRetry = webhooks + "/retry"

  /// POST without a body: 202; the one of that request is tried again.
  public static func webhookRetry(_ request: String) -> String { "\(webhooks)/\(encoded(request))/retry" }

  /// DELETE: 204; every key goes with it.
  public static func user(_ name: String) -> String { users + "/" + encoded(name) }

  /// DELETE: 204; it opens nothing from then on.
  public static func key(_ id: String) -> String { keys + "/" + encoded(id) }

  /// PUT: the content, raw.
  public static func blob(_ hash: String) -> String { prefix + "/blobs/" + encoded(hash) }

  /// DELETE: 204; everything in it goes.
  public static func environment(_ name: String) -> String { environments + "/" + encoded(name) }

  /// GET: `AppInfo`. DELETE: 204.
  public static func app(_ owner: String, _ name: String) -> String { "\(apps)/\(encoded(owner))/\(encoded(name))" }

  /// Part of an app.
  public enum AppPart: String, Sendable, Hashable, CaseIterable {
    /// GET: `RevisionList`, newest first.
    case revisions
    /// PUT `AliasChange`: `DeployEvent`s, one JSON object a line.
    case alias
    /// PATCH `ScaleRequest`: `ScaleResult`.
    case settings
    /// POST `RunnersReplacement`: 202.
    case rollout
    /// GET with `since` and `state`: `RunnerList`.
    case runners
    /// GET: `GPUCounts`.
    case gpus
    /// GET with `limit` and `before`: `HistoryPage`.
    case history
    /// GET: `QueueInfo`. DELETE with `user`: `QueueFlush`.
    case queue
  }

  public static func app(_ owner: String, _ name: String, _ part: AppPart) -> String {
    app(owner, name) + "/" + part.rawValue
  }

  /// DELETE: 204; refused for the active one.
  public static func revision(_ owner: String, _ name: String, _ revision: String) -> String {
    app(owner, name, .revisions) + "/" + encoded(revision)
  }

  /// Part of a runner.
  public enum RunnerPart: String, Sendable, Hashable, CaseIterable {
    /// POST `RunnerStop`: 202.
    case stop
    /// POST without a body: 202.
    case kill
    /// GET with `since`, `until`, `search`, `last` or `first`, and `follow`: `LogLine`s, one JSON object a line.
    case logs
  }

  public static func runner(_ id: String, _ part: RunnerPart) -> String {
    "\(runners)/\(encoded(id))/\(part.rawValue)"
  }

  /// `text` as one segment of a path or one value of a query.
  public static func encoded(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
      let isPlain =
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
          UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "~"):
          true
        case UInt8(ascii: "."): text != "." && text != ".."
        default: false
        }
      if isPlain {
        encoded.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        encoded += digits.count == 1 ? "%0" + digits : "%" + digits
      }
    }
    return encoded
  }
}
