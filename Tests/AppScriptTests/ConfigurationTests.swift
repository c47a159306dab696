import AppModel
import Testing

@testable import AppScript

/// Loads and validates a server's configuration, as the server does.
func checkConfiguration(_ source: String) throws -> ConfigurationValidation {
  let loader = ScriptLoader(state: try newState()) { _ in nil }
  do throws(ScriptFailure) {
    return ConfigurationValidator().validate(try loader.load(source: Array(source.utf8), name: "server.lua").report)
  } catch { return ConfigurationValidator().validate(error.report) }
}

extension ConfigurationValidation {
  /// `code line:column: message (fix)`, a line each.
  var lines: [String] {
    diagnostics.map { problem in
      let place = problem.position.map { "\($0.line):\($0.column)" } ?? "-"
      return "\(problem.code) \(place): \(problem.message)" + (problem.fix.map { " (\($0))" } ?? "")
    }
  }
}

@Suite struct ConfigurationTests {
  @Test func everythingThatCanBeSaidIsRead() throws {
    let validation = try checkConfiguration(
      """
      server {
        owner = "ada", listen = "[::1]:9000",
        limits = { bundle = "100MB", file = "10MB", runners_per_app = 7 },
        tls = { listen = "0.0.0.0:8444", certificate = "cert.pem", key = "key.pem" },
      }
      node "box-1.lab" {
        cpu = 8, memory = "32GB", labels = { region = "eu", rack_no = "7" }, overcommit = { cpu = 4, memory = 1.5 },
        gpus = {
          { model = "RTX 4090", memory = "24GB", count = 2 },
          { model = "H100", memory = "80GB", ids = { "GPU-a", "GPU-b" } },
          { model = "T4", memory = "16GB" },
        },
      }
      machine "T4" { cpu = 2, memory = "8GB", gpu = { model = "T4", memory = "16GB" } }
      machine "XXL" { cpu = 32, memory = "128GB", price = 2 }
      """)
    #expect(validation.lines == [])
    var expected = ServerConfiguration()
    expected.owner = "ada"
    expected.listen = ListenAddress(host: "::1", port: 9000)
    expected.limits.bundle = .megabytes(100)
    expected.limits.file = .megabytes(10)
    expected.limits.runnersPerApp = 7
    var tls = ServerConfiguration.TLS()
    tls.listen = ListenAddress(host: "0.0.0.0", port: 8444)
    tls.files = .init(certificate: "cert.pem", key: "key.pem")
    expected.tls = tls
    var node = NodeConfiguration(name: "box-1.lab")
    node.cpu = 8
    node.memory = .gigabytes(32)
    node.labels = ["region": "eu", "rack_no": "7"]
    node.overcommit.cpu = 4
    node.overcommit.memory = 1.5
    node.gpus = [
      .init(id: "0", model: "RTX 4090", memory: .gigabytes(24)), .init(id: "1", model: "RTX 4090", memory: .gigabytes(24)),
      .init(id: "GPU-a", model: "H100", memory: .gigabytes(80)), .init(id: "GPU-b", model: "H100", memory: .gigabytes(80)),
      .init(id: "4", model: "T4", memory: .gigabytes(16)),
    ]
    expected.nodes = [node]
    expected.machines = [
      MachineType(name: "T4", cpu: 2, memory: .gigabytes(8), gpu: .init(model: "T4", memory: .gigabytes(16))),
      MachineType(name: "XXL", cpu: 32, memory: .gigabytes(128), pricePerHour: 2),
    ]
    #expect(validation.configuration == expected)
    #expect(expected.catalogue.map(\.name).suffix(3) == ["GPU-B200", "T4", "XXL"])
  }

  @Test(arguments: ["-- nothing", "server {}", "server({})", "machine \"T\" { cpu = 1, memory = \"1GB\" }"])
  func whatIsLeftOutHasItsDefault(source: String) throws {
    var configuration = try #require(try checkConfiguration(source).configuration)
    configuration.machines = []
    #expect(configuration == ServerConfiguration())
    #expect(configuration.listen.description == "127.0.0.1:8090")
  }

  @Test func anEmptyListOfGPUsIsNotTheSameAsNone() throws {
    #expect(try checkConfiguration("node \"a\" {}").configuration?.nodes.first?.gpus == nil)
    #expect(try checkConfiguration("node \"a\" { gpus = {} }").configuration?.nodes.first?.gpus == [])
  }

  @Test func aSmallerBundleLimitsItsFilesToo() throws {
    let limits = try checkConfiguration("server { limits = { bundle = \"5MB\" } }").configuration?.limits
    #expect(limits?.file == .megabytes(5))
  }

  @Test(
    arguments: [
      ("server { listn = \"a:1\" }", "unknown-option 1:10: 'listn' is not an option of the server (did you mean 'listen'?)"),
      ("server { port = 80 }", "unknown-option 1:10: 'port' is not an option of the server (it is called 'listen' here)"),
      (
        "server { listen = 8090 }",
        "wrong-type 1:19: listen: expected an address such as \"127.0.0.1:8090\", got 8090"
      ),
      (
        "server { listen = \":80\" }",
        "bad-address 1:19: listen: \":80\" is not an address to listen on "
          + "(say on which address too: \"127.0.0.1:80\" for this machine, \"0.0.0.0:80\" for all)"
      ),
      (
        "server { listen = \"host:70000\" }",
        "bad-address 1:19: listen: \"host:70000\" is not an address to listen on "
          + "(write HOST:PORT, with a port of 0 to 65535, as in \"127.0.0.1:8090\" or \"[::1]:8090\")"
      ),
      (
        "server { owner = \"v1\" }",
        "reserved-name 1:18: owner: \"v1\" is where the server's own API is (choose another name)"
      ),
      (
        "server { limits = { bundle = \"1TB\" } }",
        "out-of-range 1:30: bundle cannot be \"1TB\" (it can be 1MB to 512MB)"
      ),
      (
        "server { limits = { bundle = \"2MB\", file = \"3MB\" } }",
        "limit-without-effect 1:44: a file may have 3 MB, but a whole bundle only 2 MB (lower 'file', or raise 'bundle')"
      ),
      (
        "server { tls = { certificate = \"a\" } }",
        "tls-half 1:18: a certificate and its key belong together, and one of them is missing "
          + "(give both, or none to show what 'apolune server tls init' has made)"
      ),
      (
        "server {}\nserver {}",
        "duplicate-server 2:1: 'server' was called already, on line 1 (write all options in one table)"
      ),
      (
        "server \"x\" {}",
        "server-call 1:1: server takes its table of options, and nothing else (write server { listen = \"127.0.0.1:8090\" })"
      ),
      (
        "server.owner = \"ada\"",
        "server-not-kept 1:1: 'server' itself is the function that makes one (write server { … })"
      ),
      (
        "node \"a\"",
        "node-without-options 1:6: node \"a\" has no table of options (write node \"a\" { })"
      ),
      ("node { cpu = 1 }", "node-without-name 1:1: node needs a name (write node \"name\" { … })"),
      (
        "node \"a b\" {}",
        "bad-label 1:6: node: \"a b\" cannot be the name of a node or a label (use 1 to 63 letters, digits and - _ .)"
      ),
      (
        "node \"a\" {}\nnode \"b\" {}",
        "second-node 2:6: there is a node already, on line 1, and runners live on the server's machine only "
          + "(leave one of them out)"
      ),
      (
        "node \"a\" { overcommit = 16 }",
        "wrong-type 1:25: overcommit: expected a table such as { cpu = 1 }, got 16"
      ),
      ("node \"a\" { cpu = 0 }", "out-of-range 1:18: cpu cannot be 0 (it can be 0.1 to 4096)"),
      (
        "node \"a\" { gpus = { { model = \"T4\" } } }",
        "missing-option 1:21: 'gpus' needs 'memory': memory of one GPU (add memory = \"64GB\")"
      ),
      (
        "node \"a\" { gpus = { { model = \"T4\", memory = \"16GB\", count = 3, ids = { \"a\" } } } }",
        "gpu-ids 1:71: 3 GPUs and 1 id: each GPU has one (leave 'count' out, and give an id for each)"
      ),
      (
        "node \"a\" { gpus = { { model = \"T4\", memory = \"16GB\" }, { model = \"T4\", memory = \"16GB\", ids = { \"0\" } } } }",
        "duplicate-gpu 1:95: two GPUs have the id \"0\" (give each GPU an id of its own; those without one are numbered from 0)"
      ),
      (
        "machine \"S\" { cpu = 1, memory = \"1GB\" }",
        "duplicate-machine 1:9: the machine type 'S' is built in (give yours another name)"
      ),
      (
        "server {}\nlocal app = app \"words\" {}",
        "app-in-configuration 2:17: the app 'words' cannot be in the server's configuration "
          + "(move it into a file of its own, and deploy that)"
      ),
      ("server { owner = \"ada\"", "syntax-error 1:23: '}' expected near <eof> (add the missing })"),
    ])
  func everyMistakeIsTold(source: String, line: String) throws {
    let validation = try checkConfiguration(source)
    #expect(validation.lines == [line])
    #expect((validation.configuration == nil) == validation.hasErrors)
  }

  @Test func allMistakesAreToldAtOnceInTheOrderOfTheSource() throws {
    let validation = try checkConfiguration(
      """
      machine "T" { cpu = 1 }
      node "a" { memory = 5, gpus = { "T4" } }
      server { onwer = "ada", limits = { runners_per_app = 0 } }
      """)
    #expect(
      validation.diagnostics.map { "\($0.code) \($0.position?.line ?? 0)" } == [
        "missing-option 1", "wrong-type 2", "wrong-type 2", "unknown-option 3", "out-of-range 3",
      ])
  }

  @Test func aScriptOfAppsIsNoConfiguration() throws {
    let script = "local app = app \"words\" {}\napp:endpoint(\"/\", function() end)\n"
    #expect(try check(script).lines == [])
    #expect(
      try check(script + "server {}").lines == [
        "app-in-configuration: a script of apps cannot configure the server too "
          + "(move 'server' and 'node' into a file of their own, and give that to the server with --config)"
      ])
    #expect(
      try check("node \"a\" {}").lines == [
        "server-configuration: this is a server's configuration, and defines no app "
          + "(give it to the server: apolune server --config app.lua)"
      ])
  }

  @Test func aScriptMayUseTheWordsForItsOwn() throws {
    let validation = try check(
      """
      local app = app "words" {}
      local function node(name) return function(t) return t end end
      local server = node "x" { y = 1 }
      app:endpoint("/", function() return server end)
      """)
    #expect(validation.lines == [])
  }

  @Test(
    arguments: [
      ("127.0.0.1:8090", "127.0.0.1", 8090), ("localhost:0", "localhost", 0), ("[::1]:80", "::1", 80),
      ("[fe80::1%eth0]:1", "fe80::1%eth0", 1), ("box.lab:65535", "box.lab", 65535),
    ])
  func anAddressIsReadAndWritten(text: String, host: String, port: Int) {
    let address = ListenAddress(text: text)
    #expect(address == ListenAddress(host: host, port: port))
    #expect(address?.description == text)
  }

  @Test(arguments: [
    "", ":", "8090", ":8090", "host", "host:", "host:x", "host:65536", "host:-1", "::1:80", "[]:80", "a b:1", "a/b:1",
  ])
  func whatIsNoAddressIsRefused(text: String) {
    #expect(ListenAddress(text: text) == nil)
  }
}
