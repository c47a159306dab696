import AppModel
import Planning

/// What `nvidia-smi` prints about the GPUs of a machine: lines of `index, uuid, name, memory in MiB`.
struct GPUTable {
  /// GPUs of lines that make sense, each once.
  let gpus: [Node.GPU]

  private static let lineMax = 512
  /// A GPU with a terabyte is not to be had.
  private static let mebibytesMax: Int64 = 1 << 20

  init(csv: String) {
    var gpus: [Node.GPU] = []
    for line in csv.split(whereSeparator: \.isNewline) where gpus.count < GPUSearch.countMax {
      guard let gpu = Self.gpu(line), !gpus.contains(where: { $0.id == gpu.id }) else { continue }
      gpus.append(gpu)
    }
    self.gpus = gpus
  }

  private static func gpu(_ line: Substring) -> Node.GPU? {
    guard line.utf8.count <= lineMax else { return nil }
    let fields = line.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmed }
    guard fields.count == 4, Int(fields[0]) != nil, isUUID(fields[1]), !fields[2].isEmpty,
      let mebibytes = Int64(fields[3]), (1...mebibytesMax).contains(mebibytes)
    else { return nil }
    return Node.GPU(id: String(fields[1]), model: String(fields[2]), memory: .megabytes(mebibytes))
  }

  /// It goes into an environment variable, between commas.
  private static func isUUID(_ text: Substring) -> Bool {
    text.hasPrefix("GPU-") && text.utf8.count > 4 && FolderName.isUsable(String(text), max: 80)
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    let start = drop { $0.isWhitespace }
    guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return start[...end]
  }
}
