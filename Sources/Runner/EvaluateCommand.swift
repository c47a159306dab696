import AppModel
import AppScript
import Glibc
import Lua
import Platform

/// `apolune-runner evaluate`: runs a script's top level and prints what it said.
final class EvaluateCommand: ScriptOutput {
  private static let timeMax = Duration.seconds(5)
  private static let memoryMax = 256 << 20

  private let script: String
  private let folder: String
  /// Lives as long as the script's state, whose functions use it.
  private var libraries: ScriptLibraries?

  /// Without a `folder`, the script's own is where `require` and `files` look.
  init(script: String, folder: String?) {
    self.script = script
    let parent = script.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    self.folder = folder ?? (parent.isEmpty ? (script.hasPrefix("/") ? "/" : ".") : parent)
  }

  /// Exits with 0 whenever a report was printed, also one that is full of errors.
  func run() -> Int32 {
    do {
      let report = try evaluate()
      try write(try LuaJSON.encode(report) + [0x0a])
      return ExitCode.success
    } catch {
      writeError("apolune-runner: the script could not be evaluated: \(error)\n")
      return ExitCode.broken
    }
  }

  private func evaluate() throws -> ScriptReport {
    do {
      let source = try ScriptFile.read(script)
      return try load(source).report
    } catch let failure as ScriptFailure {
      return failure.report
    }
  }

  private func load(_ source: [UInt8]) throws -> LoadedScript {
    var limits = LuaLimits()
    limits.memory = Self.memoryMax
    limits.time = Self.timeMax
    let state = try LuaState(limits: limits)
    let files = try FileTree(bundle: folder, mounts: [:])
    let libraries = ScriptLibraries(state: state, output: self, loop: nil, files: files)
    self.libraries = libraries
    try libraries.install()
    return try ScriptLoader(state: state, folder: BundleFolder(root: folder)).load(source: source, name: name)
  }

  /// The script as positions name it: its path below the folder.
  private var name: String {
    script.hasPrefix(folder + "/") ? String(script.dropFirst(folder.utf8.count + 1)) : script
  }

  private func write(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(1, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw SystemError("write", errno) }
      rest = rest.dropFirst(count)
    }
  }

  // MARK: ScriptOutput

  func log(_ level: LogLevel, _ message: String, task: LuaTask?) { writeError(message + "\n") }
  var isCongested: Bool { false }
  func whenDrained(_ body: @escaping () -> Void) { body() }
}
