import Testing

@Suite struct WordTests {
  static let sources = (try? Repository.files(in: ["Sources"], endings: [".swift"])) ?? []

  @Test(arguments: sources) func nothingIsForced(file: Repository.File) {
    let code = SwiftSource(file.text).code
    #expect(!code.contains(/\btry!/))
    #expect(!code.contains(/\bas!/))
    #expect(code.matches(of: /\bfatalError\(/).count == Ratchet.fatalErrors[file.path] ?? 0, "throw a typed error instead")
  }

  /// Written in pieces, so that this file does not name them itself.
  private static let unwanted = ["/ro" + "ot/", "/ho" + "me/", "/wo" + "rk/", "TO" + "DO", "FIX" + "ME"]

  @Test func nothingNamesAMachinesFoldersOrIsLeftForLater() throws {
    let endings = [".swift", ".c", ".h", ".lua", ".md", ".sh", ".py", ".txt"]
    let folders = ["Sources", "Tests", "Examples", "Benchmarks"]
    var files = try Repository.files(in: folders, endings: endings)
    files += try Repository.files(in: ["scripts"], endings: [""])
    for path in ["README.md", "Package.swift"] { files.append(.init(path: path, text: try Repository.text(of: path))) }
    for file in files {
      for word in Self.unwanted { #expect(!file.text.contains(word), "\(file.path) has '\(word)'") }
    }
  }
}
