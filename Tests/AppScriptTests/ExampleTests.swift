import AppModel
import Glibc
import Lua
import Testing

@testable import AppScript

/// The folder of the examples, and how they are read.
private enum Examples {
  static let folder: String = {
    let parts = #filePath.split(separator: "/").dropLast(3)
    return "/" + parts.joined(separator: "/") + "/Examples"
  }()

  /// Files of a folder that end like this, without the ending.
  static func names(in path: String, ending: String) -> [String] {
    guard let stream = opendir(folder + "/" + path) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let item = readdir(stream) {
      let name = withUnsafePointer(to: &item.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(ending) { names.append(String(name.dropLast(ending.count))) }
    }
    return names.sorted()
  }

  static func check(_ path: String) throws -> (validation: Validation, source: [UInt8]) {
    let parts = path.split(separator: "/")
    let folder = try BundleFolder(root: ([Self.folder] + parts.dropLast().map(String.init)).joined(separator: "/"))
    let source = try ScriptFile.read("\(Self.folder)/\(path)")
    let validation = try AppScriptTests.check(source, name: String(parts.last ?? "")) { try folder.source($0) }
    return (validation, source)
  }
}

@Suite struct ExampleTests {
  @Test(arguments: ["hello.lua", "words.lua", "stream.lua", "realtime.lua", "proxy.lua", "machines.lua", "command/app.lua"])
  func everyExampleIsRight(path: String) throws {
    let validation = try Examples.check(path).validation
    #expect(validation.lines == [] && validation.definitions.count == 1)
  }

  @Test func noExampleIsForgotten() {
    #expect(Examples.names(in: ".", ending: ".lua") == ["hello", "machines", "proxy", "realtime", "server", "stream", "words"])
  }

  @Test func theServersExampleIsRight() throws {
    let source = try ScriptFile.read("\(Examples.folder)/server.lua")
    let validation = try checkConfiguration(String(decoding: source, as: UTF8.self))
    let configuration = try #require(validation.configuration)
    #expect(validation.diagnostics.isEmpty)
    #expect(configuration.nodes.map(\.name) == ["local"] && configuration.machines.map(\.name) == ["GPU-RTX4090"])
    #expect(
      ConfigurationSummary.render(configuration, file: "server.lua") == """
        server: server.lua
          owner      the current user
          listen     127.0.0.1:8090
          limits     256 MB a bundle, 64 MB a file, 1000 runners an app
          node       local: 64 CPU 16 times, 256 GB, 4 x RTX 4090 with 24 GB, region=eu
          machine    GPU-RTX4090: 16 CPU, 64 GB, RTX 4090 with 24 GB, 0.69 an hour

        """)
  }

  @Test func theFilesOfTheWordsExampleTravelWithIt() throws {
    let state = try newState()
    let folder = try BundleFolder(root: Examples.folder)
    let source = try ScriptFile.read("\(Examples.folder)/words.lua")
    let script = try ScriptLoader(state: state, folder: folder).load(source: source, name: "words.lua")
    let definition = try #require(Validator().validate(script.report).definitions.first)
    let request = BundleRequest(script: "words.lua", draft: script.draft, definition: definition)
    let manifest = BundleManifest(request, listing: try folder.listing(request))
    #expect(manifest.files.map(\.path) == ["lib/count.lua", "stopwords.json", "words.lua"] && manifest.diagnostics.isEmpty)
  }

  @Test func theProgramOfTheCommandExampleTravelsWithIt() throws {
    let folder = try BundleFolder(root: Examples.folder + "/command")
    let source = try ScriptFile.read("\(Examples.folder)/command/app.lua")
    let script = try ScriptLoader(state: try newState(), folder: folder).load(source: source, name: "app.lua")
    let definition = try #require(Validator().validate(script.report).definitions.first)
    let request = BundleRequest(script: "app.lua", draft: script.draft, definition: definition)
    #expect(BundleManifest(request, listing: try folder.listing(request)).files.map(\.path) == ["app.lua", "serve.py"])
  }

  /// With `APOLUNE_RECORD=1` in the environment the expectations are written anew: read the difference before you keep it.
  @Test(arguments: Examples.names(in: "broken", ending: ".lua"))
  func everyBrokenScriptGivesExactlyItsDiagnostics(name: String) throws {
    let (validation, source) = try Examples.check("broken/\(name).lua")
    let text = DiagnosticRenderer(sources: ["\(name).lua": source]).render(validation.diagnostics, color: false)
    let path = "\(Examples.folder)/broken/\(name).expected"
    if getenv("APOLUNE_RECORD") != nil, let file = fopen(path, "w") {
      fputs(text, file)
      fclose(file)
    }
    let expected = String(decoding: try ScriptFile.read(path), as: UTF8.self)
    #expect(text == expected)
  }
}
