/// The schema as plain values, for programs: what `apolune reference --json` prints.
public struct ReferenceDocument: Sendable, Hashable, Codable {
  public struct Option: Sendable, Hashable, Codable {
    /// With the tables around it: `health.path`.
    public var name: String
    public var kind: String
    /// As Lua source; nil: nothing is set.
    public var standard: String?
    public var range: String?
    public var isRequired: Bool
    /// `lua`, `command` or `both`.
    public var applies: String
    public var doc: String

    enum CodingKeys: String, CodingKey {
      case name
      case kind
      case standard = "default"
      case range
      case isRequired = "required"
      case applies
      case doc
    }
  }

  public struct Section: Sendable, Hashable, Codable {
    public var title: String
    public var options: [Option]
  }

  public struct Hook: Sendable, Hashable, Codable {
    public var name: String
    public var parameters: String
    /// `runner` or `rollout`.
    public var stage: String
    /// Whether its answer decides how a rollout goes on.
    public var gate: Bool
    public var applies: String
    public var doc: String
  }

  public var sections: [Section]
  public var hooks: [Hook]

  public init() {
    sections = Schema.groups.map { Section(title: $0.title, options: Self.flat($0.options, prefix: "")) }
    sections.append(
      Section(title: "Endpoint: app:endpoint(path, { … }, handler)", options: Self.flat(Schema.endpoint, prefix: "")))
    sections.append(Section(title: "Machine type: machine \"name\" { … }", options: Self.flat(Schema.machineType, prefix: "")))
    sections.append(Section(title: "The operator's file: server { … }", options: Self.flat(Schema.server, prefix: "")))
    sections.append(Section(title: "The operator's file: node \"name\" { … }", options: Self.flat(Schema.node, prefix: "")))
    hooks = Schema.hooks.map {
      Hook(
        name: $0.name, parameters: $0.parameters, stage: $0.stage.rawValue, gate: $0.isGate, applies: $0.applies.rawValue,
        doc: $0.doc)
    }
  }

  /// Options of inner tables follow their own, with a dot.
  private static func flat(_ specs: [OptionSpec], prefix: String) -> [Option] {
    specs.flatMap { spec in
      let option = Option(
        name: prefix + spec.name, kind: spec.kind.name, standard: spec.standard, range: spec.kind.range,
        isRequired: spec.isRequired, applies: spec.applies.rawValue, doc: spec.doc)
      switch spec.kind {
      case .table(let inner), .list(.table(let inner), _): return [option] + flat(inner, prefix: "\(prefix)\(spec.name).")
      case .boolean, .text, .integer, .number, .duration, .size, .choice, .list, .oneOrList, .map, .retries, .step, .json,
        .function:
        return [option]
      }
    }
  }
}
