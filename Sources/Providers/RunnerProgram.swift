import AppModel
import CPlatform
import Glibc
import Platform

/// The program that every runner of a host runs, and the environment it gets.
struct RunnerProgram: Sendable {
  let path: String
  let arguments: [String]
  /// Of the host's environment a runner sees only these: the rest may hold secrets.
  static let inheritedVariables = ["PATH", "HOME", "LANG", "TZ"]
  /// Which GPUs it sees: for CUDA, and for tools that start containers.
  static let gpuVariables = ["CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES"]
  /// Under memory pressure runners go before the host and before most of what a person runs.
  static let oomScore: Int32 = 500

  struct Started {
    var pid: Int32
    var pidfd: Int32
  }

  /// The limit where no cgroup holds the memory: of each process by itself, and of its data only.
  ///
  /// None for those with GPUs: CUDA maps far more than it uses.
  static func dataMax(of machine: Machine) -> ByteCount? { machine.gpuCount > 0 ? nil : machine.memory }

  /// What one process is started with.
  struct Surroundings {
    var folder: String
    var listener: Int32
    var output: Int32
    /// Open files through which it joins its cgroups.
    var groups: [Int32] = []
    /// Bytes of data that each of its processes may have; nil: as much as it wants.
    var dataMax: ByteCount?
    /// Ids of the GPUs that it may see.
    var gpus: [String] = []
  }

  func spawn(_ surroundings: Surroundings) throws(SystemError) -> Started {
    let groups = surroundings.groups
    var spawn = platform_spawn()
    spawn.listener = surroundings.listener
    spawn.output = surroundings.output
    spawn.data_max = UInt64(clamping: surroundings.dataMax?.bytes ?? 0)
    spawn.oom_score = Self.oomScore
    guard groups.count <= Int(PLATFORM_GROUPS_MAX) else { throw SystemError("too many cgroups", E2BIG) }
    withUnsafeMutableBytes(of: &spawn.groups) { raw in
      for (index, group) in groups.enumerated() {
        raw.storeBytes(of: group, toByteOffset: index * MemoryLayout<Int32>.size, as: Int32.self)
      }
    }
    spawn.group_count = Int32(groups.count)
    var started = Started(pid: 0, pidfd: -1)
    let environment = Self.environment(gpus: surroundings.gpus)
    let result = path.withCString { path in
      surroundings.folder.withCString { folder in
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
    guard result == 0 else { throw SystemError("cannot start \(path)", -result) }
    return started
  }

  /// Without GPUs the variables are there and empty: CUDA then finds none, and would find all without them.
  private static func environment(gpus: [String]) -> [String] {
    let inherited = inheritedVariables.compactMap { name in getenv(name).map { "\(name)=\(String(cString: $0))" } }
    return inherited + gpuVariables.map { "\($0)=\(gpus.joined(separator: ","))" }
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
