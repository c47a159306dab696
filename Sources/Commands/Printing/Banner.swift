public import AppModel

/// What `apolune run` says about an app once it answers.
public struct Banner: Sendable, Hashable {
  public var app: String
  public var owner: String
  public var auth: Auth
  public var machine: Machine
  /// What of the machine type is held to here, in words: `memory 1 GB`; empty: nothing.
  public var enforced: [String]
  /// What is not, and why: `CPU: no cgroup here`.
  public var notEnforced: [String]
  /// Base address of the app, without a slash at the end.
  public var url: String
  public var program: AppDefinition.Program
  /// What callers must send; nil where anyone may call.
  public var key: String?

  public init(
    app: String, owner: String, auth: Auth, machine: Machine, enforced: [String] = [], notEnforced: [String] = [],
    url: String, program: AppDefinition.Program, key: String? = nil
  ) {
    self.app = app
    self.owner = owner
    self.auth = auth
    self.machine = machine
    self.enforced = enforced
    self.notEnforced = notEnforced
    self.url = url
    self.program = program
    self.key = key
  }

  /// Several lines, with a line break at the end.
  public func render(_ style: Style = .plain) -> String {
    var lines = [style.paint("\(owner)/\(app)", .bold) + " runs until you leave"]
    lines.append(row("url", style.paint(url, .cyan), style))
    lines.append(row("auth", "\(auth.rawValue): \(Self.meaning(of: auth))", style))
    lines.append(row("machine", Self.words(for: machine), style))
    if !enforced.isEmpty { lines.append(row("held to", enforced.joined(separator: ", "), style)) }
    for note in notEnforced { lines.append(row("not held", note, style)) }
    for (index, endpoint) in endpoints.enumerated() { lines.append(row(index == 0 ? "paths" : "", endpoint, style)) }
    lines.append(row("try", curl, style))
    return lines.map { $0 + "\n" }.joined()
  }

  private func row(_ name: String, _ text: String, _ style: Style) -> String {
    "  " + style.paint(name + String(repeating: " ", count: max(0, 10 - name.count)), .dim) + text
  }

  private var endpoints: [String] {
    switch program {
    case .endpoints(let endpoints):
      endpoints.map { $0.path + ($0.realtime != nil ? " (realtime)" : $0.stream ? " (stream)" : "") }
    case .command(let command): ["all, answered by " + command.joined(separator: " ")]
    }
  }

  /// A call that works as it stands when pasted.
  var curl: String {
    CurlExample(url: url, program: program, header: key.map { "'authorization: Key \($0)'" }).text
  }

  static func meaning(of auth: Auth) -> String {
    switch auth {
    case .private: "the owner's keys"
    case .shared: "any user's key"
    case .public: "anyone who reaches the address"
    }
  }

  static func words(for machine: Machine) -> String {
    var parts = ["\(number(machine.cpu)) \(machine.cpu == 1 ? "core" : "cores")", "\(machine.memory)"]
    if let gpu = machine.gpu, machine.gpuCount > 0 { parts.append("\(machine.gpuCount) × \(gpu.model) \(gpu.memory)") }
    return "\(machine.type): " + parts.joined(separator: ", ")
  }

  private static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
  }
}
