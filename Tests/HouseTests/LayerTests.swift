import Testing

@Suite struct LayerTests {
  static let sources = (try? Repository.files(in: ["Sources"], endings: [".swift"])) ?? []

  @Test func everyTargetHasALayer() throws {
    #expect(try Repository.folders(in: "Sources") == Layers.table.keys.sorted())
  }

  @Test(arguments: sources) func aFileImportsOnlyWhatItsLayerMay(file: Repository.File) throws {
    let layer = try #require(Layers.table[file.target])
    for module in SwiftSource(file.text).imports {
      let isAllowed =
        layer.house.contains(module) || layer.others.contains(module) || Layers.system.contains(module)
        || (module == Layers.foundation && layer.mayUseFoundation)
      #expect(isAllowed, "\(file.path) imports \(module), which \(file.target) may not")
    }
  }

  @Test func thePackageAllowsNoMoreThanTheTable() throws {
    let package = try Repository.text(of: "Package.swift")
    let pattern =
      /(?:library\(\s*|target\(\s*name:\s*|executableTarget\(name:\s*)"([\w-]+)"(?:,\s*dependencies:)?,?\s*\[([^\]]*)\]/
    var seen: Set<String> = []
    for match in package.matches(of: pattern) {
      let target = String(match.output.1)
      guard let layer = Layers.table[target] else { continue }
      seen.insert(target)
      let names = match.output.2.matches(of: /"([\w-]+)"/).map { String($0.output.1) }
      #expect(Set(names).subtracting(layer.house).isEmpty, "\(target) depends on more than its layer may import")
    }
    #expect(seen.isSuperset(of: ["Lua", "AppScript", "Runner", "Gateway", "Host", "Commands", "apolune"]))
  }

  @Test func theTableHasNoCircle() {
    func reaches(_ target: String, _ goal: String, depth: Int = 0) -> Bool {
      guard depth < Layers.table.count, let layer = Layers.table[target] else { return false }
      return layer.house.contains { $0 == goal || reaches($0, goal, depth: depth + 1) }
    }
    for target in Layers.table.keys { #expect(!reaches(target, target), "\(target) imports itself in the end") }
  }
}
