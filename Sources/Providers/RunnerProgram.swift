import CPlatform
import Glibc

/// The program that every runner of a host runs, and the environment it gets.
struct RunnerProgram: Sendable {
  let path: String
  let arguments: [String]
  /// Of the host's environment a runner sees only these: the rest may hold secrets.
  static let inheritedVariables = ["PATH", "HOME", "LANG", "TZ"]
  /// Under memory pressure runners go before the host and before most of what a person runs.
  static let oomScore: Int32 = 500

  struct Started {
    var pid: Int32
    var pidfd: Int32
  }

  func spawn(in folder: String, listener: Int32, output: Int32, groups: [Int32]) throws(SystemError) -> Started {
    var spawn = platform_spawn()
    spawn.listener = listener
    spawn.output = output
    spawn.oom_score = Self.oomScore
    guard groups.count <= Int(PLATFORM_GROUPS_MAX) else { throw SystemError(E2BIG, "too many cgroups") }
    withUnsafeMutableBytes(of: &spawn.groups) { raw in
      for (index, group) in groups.enumerated() {
        raw.storeBytes(of: group, toByteOffset: index * MemoryLayout<Int32>.size, as: Int32.self)
      }
    }
    spawn.group_count = Int32(groups.count)
    var started = Started(pid: 0, pidfd: -1)
    let environment = Self.inheritedVariables.compactMap { name in
      getenv(name).map { "\(name)=\(String(cString: $0))" }
    }
    let result = path.withCString { path in
      folder.withCString { folder in
        withCStrings([self.path] + arguments) { arguments in
          withCStrings(environment) { environment in
            spawn.path = path
            spawn.folder = folder
            spawn.arguments = arguments
            spawn.environment = environment
            return platform_spawn(&spawn, &started.pid, &started.pidfd)
          }
        }
      }
    }
    guard result == 0 else { throw SystemError(-result, "cannot start \(path)") }
    return started
  }

  /// A C array of C strings, ended by NULL.
  private func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    var pointers = strings.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    return body(pointers)
  }
}
