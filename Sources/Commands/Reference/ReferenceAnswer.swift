import AppModel
import AppScript

/// The script language and the built-in machine types, or what of them has a word in its name.
struct ReferenceAnswer: CommandAnswer {
  private(set) var options: ReferenceDocument
  private(set) var machines: [MachineType]

  init(matching part: String? = nil) {
    func isWanted(_ name: String) -> Bool { part.map { name.lowercased().contains($0.lowercased()) } ?? true }
    options = ReferenceDocument()
    for index in options.sections.indices { options.sections[index].options.removeAll { !isWanted($0.name) } }
    options.sections.removeAll { $0.options.isEmpty }
    options.hooks.removeAll { !isWanted($0.name) }
    machines = MachineType.builtIn.filter { isWanted($0.name) }
  }

  var isEmpty: Bool { options.sections.isEmpty && options.hooks.isEmpty && machines.isEmpty }

  func text(_ style: Style) -> String {
    let page = ReferencePage.text(options)
    guard !machines.isEmpty else { return page }
    return page + "\n" + style.paint("Built-in machine types", .bold) + "\n" + machineTable.render(style)
  }

  func markdown() -> String {
    let page = ReferencePage.markdown(options)
    return machines.isEmpty ? page : page + "\n## Built-in machine types\n\n" + machineTable.markdown()
  }

  private var machineTable: Table {
    var table = Table([.init("name"), .init("CPU", .right), .init("memory", .right), .init("GPU")])
    for machine in machines {
      let gpu = machine.gpu.map { "\($0.model), \($0.memory)" } ?? ""
      let cpu = machine.cpu == machine.cpu.rounded() ? "\(Int(machine.cpu))" : "\(machine.cpu)"
      table.add([machine.name, cpu, "\(machine.memory)", gpu])
    }
    return table
  }
}
