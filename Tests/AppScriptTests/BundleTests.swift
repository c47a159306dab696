import AppModel
import Glibc
import Testing

@testable import AppScript

@Suite struct PathPatternTests {
  @Test(arguments: [
    ("a.txt", "a.txt", true), ("a.txt", "b.txt", false), ("*.txt", "a.txt", true), ("*.txt", "d/a.txt", false),
    ("**/*.txt", "a.txt", true), ("**/*.txt", "d/e/a.txt", true), ("d/**", "d/e/f", true), ("d/**", "e/d", false),
    ("d", "d/e/f", true), ("d/*", "d/e/f", true), ("d/*/f", "d/e/f", true), ("d/**/f", "d/f", true), ("?.lua", "a.lua", true),
    ("?.lua", "ab.lua", false), ("a*b*c", "aXbYbc", true), ("a*b*c", "aXbY", false), ("**", "x/y", true), ("./a", "a", true),
    ("*", "", false), ("", "a", false),
  ])
  func matches(pattern: String, path: String, isMatch: Bool) {
    #expect(PathPattern(pattern).matches(path) == isMatch)
  }

  @Test func aHostilePatternTakesLittleTime() {
    let pattern = PathPattern(String(repeating: "a*", count: 2000) + "b")
    let start = ContinuousClock.now
    #expect(!pattern.matches(String(repeating: "a", count: 4000)))
    #expect(!PathPattern(String(repeating: "**/", count: 1000) + "x").matches(String(repeating: "a/", count: 1000)))
    #expect(ContinuousClock.now - start < .seconds(10))
  }
}

@Suite struct BundleManifestTests {
  private func request(_ options: DraftValue = [:], literals: [String] = [], modules: [String] = []) throws -> BundleRequest {
    var draft = Draft(file: "app.lua")
    draft.apps = [draftApp(options, endpoints: options == [:] ? ["/"] : ["/"])]
    draft.literals = literals
    draft.modules = modules
    let definition = try #require(Validator().validate(ScriptReport(draft: draft, diagnostics: [])).definitions.first)
    return BundleRequest(script: "app.lua", draft: draft, definition: definition)
  }

  private func entries(_ paths: String...) -> [BundleEntry] { paths.map { BundleEntry(path: $0, size: 10) } }

  @Test func theScriptItsModulesAndTheFilesThatItNamesTravel() throws {
    let request = try request(["files": list("data/**")], literals: ["stop.json", "../out", "words"], modules: ["lib/count.lua"])
    let listing = entries(
      "app.lua", "other.lua", "lib/count.lua", "stop.json", "words/a", "data/x/y.bin", "data/x/.git/z", "data/a.pyc")
    let manifest = BundleManifest(request, listing: listing)
    #expect(manifest.files.map(\.path) == ["app.lua", "data/x/y.bin", "lib/count.lua", "stop.json", "words/a"])
    #expect(manifest.diagnostics.isEmpty && manifest.size == ByteCount(50))
  }

  @Test func aPatternWithoutAMatchGivesAWarning() throws {
    let manifest = BundleManifest(try request(["files": list("*.bin")]), listing: entries("app.lua"))
    #expect(manifest.diagnostics.map(\.code) == ["files-without-match"] && manifest.diagnostics[0].position != nil)
  }

  @Test func linksAndSpecialFilesAreRefused() throws {
    for kind in [BundleEntry.Kind.linkOutside, .linkToFolder, .special] {
      let manifest = BundleManifest(try request(["files": list("x")]), listing: [BundleEntry(path: "x", kind: kind, size: 0)])
      #expect(manifest.diagnostics.map(\.code) == ["not-bundled"] && manifest.files.isEmpty)
    }
  }

  @Test func thereAreLimits() throws {
    let many = (0...BundleManifest.filesMax).map { BundleEntry(path: "d/\($0)", size: 1) }
    #expect(BundleManifest(try request(["files": list("d")]), listing: many).diagnostics.map(\.code) == ["too-many-files"])
    let large = [BundleEntry(path: "d/big", size: BundleManifest.sizeMax.bytes + 1)]
    #expect(BundleManifest(try request(["files": list("d")]), listing: large).diagnostics.map(\.code) == ["bundle-too-large"])
  }

  @Test func aFolderIsReadAsItIs() throws {
    let folder = try TemporaryFolder()
    try folder.write("app.lua", "x")
    try folder.write("data/a.txt", "abc")
    try folder.write("data/.git/config", "no")
    try folder.write("data/skip.tmp", "no")
    #expect(symlink("/etc/passwd", folder.path + "/data/leak") == 0 && symlink("a.txt", folder.path + "/data/alias") == 0)
    let request = try request(["files": list("data/**"), "files_ignore": list("*.tmp")], literals: ["app.lua"])
    let manifest = BundleManifest(request, listing: try BundleFolder(root: folder.path).listing(request))
    #expect(manifest.files.map(\.path) == ["app.lua", "data/a.txt", "data/alias"])
    #expect(manifest.files[1].size == 3)
    #expect(manifest.diagnostics.map(\.code) == ["not-bundled"] && manifest.diagnostics[0].message.contains("data/leak"))
    #expect(throws: ScriptFailure.self) { try BundleFolder(root: "/nonexistent") }
  }
}

@Suite struct ScriptFileTests {
  private func code(_ path: String) -> String {
    do throws(ScriptFailure) {
      _ = try ScriptFile.read(path)
      return "read"
    } catch { return error.diagnostics[0].code }
  }

  @Test func whatIsNoScriptIsRefusedWithACode() throws {
    let folder = try TemporaryFolder()
    try folder.write("ok.lua", "x = 1")
    try folder.write("empty.lua", "")
    try folder.write("blank.lua", " \n\t\r\n")
    try folder.write("byte.lua", "\u{1B}LuaT")
    #expect(code(folder.path + "/ok.lua") == "read")
    #expect(code(folder.path + "/none.lua") == "file-missing")
    #expect(code(folder.path + "/ok.lua/x") == "file-missing")
    #expect(code(folder.path) == "file-directory")
    #expect(code("/dev/null") == "file-special" && code("/dev/zero") == "file-special")
    #expect(code(folder.path + "/empty.lua") == "file-empty" && code(folder.path + "/blank.lua") == "file-empty")
    #expect(code(folder.path + "/byte.lua") == "bytecode")
  }

  @Test func fiftyMegabytesAreRefusedWithoutReadingThem() throws {
    let folder = try TemporaryFolder()
    try folder.write("big.lua", "")
    #expect(truncate(folder.path + "/big.lua", 50 << 20) == 0)
    let start = ContinuousClock.now
    #expect(code(folder.path + "/big.lua") == "file-too-large")
    #expect(ContinuousClock.now - start < .milliseconds(50))
  }

  @Test func aPipeIsRefusedWithoutWaitingForIt() throws {
    let folder = try TemporaryFolder()
    #expect(mkfifo(folder.path + "/pipe", 0o600) == 0)
    #expect(code(folder.path + "/pipe") == "file-special")
  }
}
