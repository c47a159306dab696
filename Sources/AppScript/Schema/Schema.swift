import AppModel

/// The script language as data: every table, option and hook. Validation, suggestions, the reference page and editor files
/// all come from here, so that they cannot disagree.
public enum Schema {
  /// Options of `app "name" { … }`, in the order of the reference page.
  public static let groups: [OptionGroup] = [
    program, machine, access, scaling, timeouts, retries, environment, rollouts,
  ]

  public static let app: [OptionSpec] = groups.flatMap(\.options)

  /// Options of `app:endpoint(path, { … }, handler)`.
  public static let endpoint: [OptionSpec] = [
    OptionSpec(
      "stream", .boolean, default: "false", applies: .lua,
      "Whether the handler sends events with `request:send` as it goes."),
    OptionSpec(
      "realtime", .boolean, default: "false", applies: .lua,
      "Whether clients talk with it over a websocket: the handler is called with each message, and what it returns is sent back."),
    OptionSpec(
      "session_timeout", .duration(.seconds(1) ... .seconds(86_400)), default: quoted(Realtime.sessionTimeoutStandard),
      applies: .lua,
      "How long a realtime session may go without a message from its client."),
    OptionSpec(
      "max_buffering", .integer(Realtime.bufferingRange), applies: .lua, otherNames: ["buffering"],
      "Messages of a realtime session that may wait, where the client does not say; the oldest make room for newer ones."),
    OptionSpec(
      "example", .json, applies: .lua, "An input that the endpoint takes; `apolune run` prints a call with it."),
  ]

  /// Hooks, in the order in which they run.
  public static let hooks: [HookSpec] = runnerHooks + rolloutHooks

  public static func hook(_ name: String) -> HookSpec? { hooks.first { $0.name == name } }

  /// Attributes of fal's own apps that mean nothing here, with the reason.
  public static let foreign: [String: String] = [
    "requirements": "apps are Lua or a command; install what a command needs on the node or in its image",
    "requirements_context_dir": "apps are Lua or a command; install what a command needs on the node or in its image",
    "local_python_modules": "`require` finds Lua files beside the script, and they travel by themselves",
    "host_kwargs": "write each option on its own",
    "image": "a runner is a process; give the program in `command`",
    "kind": "an app with `command` is a command app, any other is a Lua app",
    "exposed_port": "a command app listens on the port that $PORT names",
    "metrics_port": "a command app serves its own figures on a path of its port",
    "app_files_context_dir": "files are found beside the script",
    "local_file_path": "files are found beside the script",
    "python_version": "a command app brings its own Python",
    "private_logs": "logs are shown to the owner only",
  ]
}
