import AppModel

/// What a successor must know of a running runner, written beside it.
struct RunnerRecord: Hashable {
  var process: ProcessRecord
  var generation: Int
  /// What its machine type allows; an end for want of memory is told with it.
  var memory: ByteCount

  init(process: ProcessRecord, generation: Int, memory: ByteCount) {
    self.process = process
    self.generation = generation
    self.memory = memory
  }

  /// From what `text` wrote; nil for anything else, one that was cut short included.
  init?(text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count == 3, lines[2].isEmpty, let process = ProcessRecord(text: String(lines[0])) else { return nil }
    let fields = lines[1].split(separator: " ")
    guard fields.count == 2, let generation = Int(fields[0]), generation > 0, let memory = Int64(fields[1]), memory >= 0
    else { return nil }
    self.init(process: process, generation: generation, memory: ByteCount(memory))
  }

  var text: String { "\(process.text)\(generation) \(memory.bytes)\n" }

  static func path(in folder: String) -> String { "\(folder)/process" }
}
