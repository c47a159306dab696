import AppModel
import CNvidia
import Glibc
import Planning

/// Asks the driver which GPUs there are: through its library, else through its program.
struct GPUSearch: Sendable {
  var library = "libnvidia-ml.so.1"
  var program = "nvidia-smi"
  /// Folders in which the program is looked for, separated by colons.
  var path = getenv("PATH").map { String(cString: $0) } ?? ""
  /// The driver may need seconds for each GPU that sleeps.
  var programTime = Duration.seconds(20)

  /// More than a machine holds.
  static let countMax = 64

  /// What was found, and how.
  struct Outcome: Hashable, Sendable {
    var gpus: [Node.GPU]
    /// By what they were found, or why there are none: for people.
    var explanation: String
  }

  func run() -> Outcome {
    let (found, obstacle) = askLibrary()
    if let found { return Outcome(gpus: found, explanation: "found through NVML") }
    guard let file = executable() else {
      return Outcome(gpus: [], explanation: "no GPU was found: \(obstacle), and \(program) is not in PATH")
    }
    do throws(ProviderFailure) {
      let text = try BoundedProgram(path: file, time: programTime).output(of: Self.question)
      let gpus = GPUTable(csv: text).gpus
      guard gpus.isEmpty else { return Outcome(gpus: gpus, explanation: "found through \(program)") }
      return Outcome(gpus: [], explanation: "no GPU was found: \(obstacle), and \(program) named none")
    } catch {
      return Outcome(gpus: [], explanation: "no GPU was found: \(obstacle), and \(error.message)")
    }
  }

  private static let question = ["--query-gpu=index,uuid,name,memory.total", "--format=csv,noheader,nounits"]

  /// The GPUs; or nil and the reason.
  private func askLibrary() -> ([Node.GPU]?, String) {
    var raw = [nvidia_gpu](repeating: nvidia_gpu(), count: Self.countMax)
    var problem = [CChar](repeating: 0, count: 256)
    let count = nvidia_gpus(library, &raw, Int32(raw.count), &problem, problem.count)
    guard count >= 0 else { return (nil, Self.text(problem)) }
    let gpus = raw.prefix(Int(count)).map { gpu in
      Node.GPU(
        id: withUnsafeBytes(of: gpu.uuid) { Self.text($0) }, model: withUnsafeBytes(of: gpu.name) { Self.text($0) },
        memory: ByteCount(Int64(clamping: gpu.memory)))
    }
    return (gpus, "")
  }

  private func executable() -> String? {
    if program.hasPrefix("/") { return access(program, X_OK) == 0 ? program : nil }
    return path.split(separator: ":").filter { $0.hasPrefix("/") }.map { "\($0)/\(program)" }
      .first { access($0, X_OK) == 0 }
  }

  private static func text(_ characters: [CChar]) -> String { characters.withUnsafeBytes { text($0) } }

  private static func text(_ bytes: UnsafeRawBufferPointer) -> String {
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}
