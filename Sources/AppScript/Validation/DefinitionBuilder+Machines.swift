import AppModel

extension DefinitionBuilder {
  /// The machines in order of preference; every pair of type and GPU count is checked.
  mutating func machines(_ options: CheckedOptions) -> [Machine] {
    let wanted = wantedTypes(options)
    let count = overrides.gpuCount ?? options.integer("num_gpus")
    if let count = overrides.gpuCount, !(1...64).contains(count) {
      reader.findings.error("out-of-range", "--num-gpus cannot be \(count)", at: nil, fix: "it can be 1 to 64")
      return []
    }
    var result: [Machine] = []
    for (name, mark) in wanted {
      guard let type = machines.type(name) else {
        unknownType(name, at: mark)
        continue
      }
      if let count, type.gpu == nil {
        gpusOnCPUType(type, count, at: overrides.gpuCount == nil ? options["num_gpus"]?.mark : mark, options)
        continue
      }
      var machine = Machine(type, gpuCount: count ?? 1)
      machine.cpu = options.number("cpu") ?? machine.cpu
      machine.memory = options.size("memory") ?? machine.memory
      result.append(machine)
    }
    return result
  }

  private func wantedTypes(_ options: CheckedOptions) -> [(String, SourceMark?)] {
    if let names = overrides.machineTypes, !names.isEmpty { return names.map { ($0, nil) } }
    if let list = options.list("machine_type") { return list.compactMap { value in value.text.map { ($0, value.mark) } } }
    return options.given["machine_type"] == nil ? [(MachineType.defaultName, nil)] : []
  }

  private mutating func unknownType(_ name: String, at mark: SourceMark?) {
    guard !machines.isBroken(name) else { return }
    let near = Suggestion.nearest(to: name, among: machines.names)
    let list = "there are \(machines.names.joined(separator: ", "))"
    reader.findings.error(
      "unknown-machine-type", "there is no machine type \(DraftValue.quoted(name))", at: mark,
      fix: near.map { "did you mean '\($0)'? \(list)" } ?? list)
  }

  private mutating func gpusOnCPUType(_ type: MachineType, _ count: Int, at mark: SourceMark?, _ options: CheckedOptions) {
    let source = overrides.gpuCount == nil ? "num_gpus is \(count)" : "--num-gpus is \(count)"
    let gpuTypes = machines.gpuNames.joined(separator: ", ")
    reader.findings.error(
      "gpus-on-cpu-type", "\(source), but the machine type '\(type.name)' has no GPU", at: mark,
      fix: options.given["machine_type"] == nil && overrides.machineTypes == nil
        ? "choose a machine_type with one: \(gpuTypes)" : "types with a GPU are \(gpuTypes)")
  }
}
