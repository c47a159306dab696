import AppModel

/// The machine types that a script may name, and what it asks of them.
struct MachineRules {
  private(set) var catalogue: [MachineType]
  /// Types that the script meant to define and got wrong: to name one is no second mistake.
  private var broken: Set<String> = []
  private let builtIn: Set<String>

  static let nameMax = 63

  init(catalogue: [MachineType]) {
    self.catalogue = catalogue
    builtIn = Set(catalogue.map(\.name))
  }

  /// Adds a `machine "name" { … }` to the catalogue where it is right.
  mutating func add(_ machine: DraftMachine, _ reader: inout OptionReader) {
    let options = reader.read(machine.options, as: Schema.machineType, of: "a machine type")
    guard checkName(machine, &reader) else { return }
    var gpu: MachineType.GPU?
    if let table = options.table("gpu"), let model = table.text("model"), let memory = table.size("memory") {
      gpu = MachineType.GPU(model: model, memory: memory)
    }
    guard let cpu = options.number("cpu"), let memory = options.size("memory"), options.given["gpu"] == nil || gpu != nil else {
      broken.insert(machine.name)
      return
    }
    catalogue.append(
      MachineType(name: machine.name, cpu: cpu, memory: memory, gpu: gpu, pricePerHour: options.number("price")))
  }

  private func checkName(_ machine: DraftMachine, _ reader: inout OptionReader) -> Bool {
    let bytes = machine.name.utf8
    let isLegal = bytes.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || "-_.".utf8.contains(byte)
    }
    guard isLegal, (1...Self.nameMax).contains(bytes.count) else {
      reader.findings.error(
        "bad-machine-name", "\(DraftValue.quoted(machine.name)) cannot be the name of a machine type", at: machine.nameMark,
        fix: "use 1 to \(Self.nameMax) letters, digits and - _ ., as in \"GPU-RTX4090\"")
      return false
    }
    if builtIn.contains(machine.name) {
      reader.findings.error(
        "duplicate-machine", "the machine type '\(machine.name)' is built in", at: machine.nameMark,
        fix: "give yours another name")
      return false
    }
    if broken.contains(machine.name) || catalogue.contains(where: { $0.name == machine.name }) {
      reader.findings.error(
        "duplicate-machine", "there is a machine type '\(machine.name)' already", at: machine.nameMark,
        fix: "give one of them another name")
      return false
    }
    return true
  }

  func isBroken(_ name: String) -> Bool { broken.contains(name) }

  func type(_ name: String) -> MachineType? { catalogue.first { $0.name == name } }

  var names: [String] { catalogue.map(\.name) }
  var gpuNames: [String] { catalogue.filter { $0.gpu != nil }.map(\.name) }
}
