import AppModel
import AppScript

/// The script language, the built-in machine types and what is spoken over HTTP, or what of them has a word in its name.
struct ReferenceAnswer: CommandAnswer {
  private(set) var options: ReferenceDocument
  private(set) var machines: [MachineType]
  private(set) var http = HTTPReference()

  init(matching part: String? = nil) {
    func isWanted(_ name: String) -> Bool { part.map { name.lowercased().contains($0.lowercased()) } ?? true }
    options = ReferenceDocument()
    for index in options.sections.indices { options.sections[index].options.removeAll { !isWanted($0.name) } }
    options.sections.removeAll { $0.options.isEmpty }
    options.hooks.removeAll { !isWanted($0.name) }
    machines = MachineType.builtIn.filter { isWanted($0.name) }
    http.keep { title, name in isWanted(title) || isWanted(name) }
  }

  var isEmpty: Bool { options.sections.isEmpty && options.hooks.isEmpty && machines.isEmpty && http.isEmpty }

  func text(_ style: Style) -> String {
    var text = ReferencePage.text(options)
    if !machines.isEmpty {
      text += "\n" + style.paint("Built-in machine types", .bold) + "\n" + machineTable.render(style)
    }
    return String((text + http.text(style)).drop { $0 == "\n" })
  }

  func markdown() -> String {
    let hasOptions = !options.sections.isEmpty || !options.hooks.isEmpty
    var text = hasOptions ? ReferencePage.markdown(options) : ""
    if !machines.isEmpty { text += "\n## Built-in machine types\n\n" + machineTable.markdown() }
    return String((text + http.markdown()).drop { $0 == "\n" })
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
