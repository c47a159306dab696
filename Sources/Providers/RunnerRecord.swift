import AppModel

/// What a successor must know of a running runner, written beside it.
struct RunnerRecord: Hashable {
  var process: ProcessRecord
  var generation: Int
  /// An end for want of memory is told with it.
  var limit: MemoryLimit

  init(process: ProcessRecord, generation: Int, limit: MemoryLimit) {
    self.process = process
    self.generation = generation
    self.limit = limit
  }

  /// From what `text` wrote; nil for anything else, one that was cut short included.
  init?(text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count == 3, lines[2].isEmpty, let process = ProcessRecord(text: String(lines[0])) else { return nil }
    let fields = lines[1].split(separator: " ", maxSplits: 2)
    guard fields.count == 3, let generation = Int(fields[0]), generation > 0, let memory = Int64(fields[1]), memory >= 0
    else { return nil }
    let limit = MemoryLimit(machine: String(fields[2]), memory: ByteCount(memory))
    self.init(process: process, generation: generation, limit: limit)
  }

  /// The type's name comes last, since it may hold spaces. An end of line in it would end the record.
  var text: String {
    let machine = limit.machine.split(whereSeparator: \.isNewline).joined(separator: " ")
    return "\(process.text)\(generation) \(limit.memory.bytes) \(machine.isEmpty ? "?" : machine)\n"
  }

  /// The process of a record, as much as can be read of it.
  static func process(text: String) -> ProcessRecord? {
    text.split(separator: "\n").first.flatMap { ProcessRecord(text: String($0)) }
  }

  static func path(in folder: String) -> String { "\(folder)/process" }
}
