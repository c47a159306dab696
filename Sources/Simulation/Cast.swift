import AppModel
import EngineCore
import Planning

/// Who and what there is in a world.
enum Cast {
  static let apps = [
    AppID(owner: "ada", name: "one"), AppID(owner: "bob", name: "two"),
    AppID(owner: "ada", name: "one", environment: "test"),
  ]

  /// A small one, and two with GPUs of two models; their GPUs have the same ids, as indices do.
  static let nodes = [
    Node(id: NodeID("small"), labels: ["region": "attic"], cpu: 3, memory: .gigabytes(4)),
    Node(
      id: NodeID("hopper"), labels: ["region": "cellar"], cpu: 28, memory: .gigabytes(230), gpus: [h100("0"), h100("1")]),
    Node(
      id: NodeID("mixed"), labels: ["region": "cellar"], cpu: 40, memory: .gigabytes(240),
      gpus: [a100("0"), h100("1"), a100("2")]),
  ]

  /// In order of preference, as scripts name them.
  static let machines: [[Machine]] = {
    let types = Dictionary(MachineType.builtIn.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    func machine(_ name: String, _ count: Int = 1) -> [Machine] { types[name].map { [Machine($0, gpuCount: count)] } ?? [] }
    return [
      machine("S"), machine("S"), machine("XS"), machine("M"), machine("L") + machine("S"), machine("GPU-H100"),
      machine("GPU-H100", 2) + machine("GPU-A100"), machine("GPU-A100"), machine("GPU-A100", 2) + machine("GPU-H100"),
      machine("GPU-B200"),
    ]
  }()

  private static func h100(_ id: String) -> Node.GPU {
    Node.GPU(id: id, model: "NVIDIA H100 80GB HBM3", memory: .megabytes(81_559))
  }

  private static func a100(_ id: String) -> Node.GPU {
    Node.GPU(id: id, model: "NVIDIA A100-SXM4-40GB", memory: .megabytes(40_960))
  }
}
