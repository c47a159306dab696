import Glibc

/// Finds `apolune-runner`: the process in which users' Lua runs.
public enum RunnerExecutable {
  public static let name = "apolune-runner"
  /// Names the executable to use instead of the one beside this program.
  public static let variable = "APOLUNE_RUNNER"

  /// `$APOLUNE_RUNNER` if set, else the one beside the running program, else the first on `$PATH`.
  /// Throws `EvaluationFailure.runnerMissing`, which names where it looked.
  public static func find(environment: [String: String]) throws(EvaluationFailure) -> String {
    try find(environment: environment, besides: ownFolder())
  }

  /// As `find`, for a program that lies in `folder`.
  static func find(environment: [String: String], besides folder: String?) throws(EvaluationFailure) -> String {
    if let named = environment[variable], !named.isEmpty {
      guard isExecutable(named) else { throw .runnerMissing("$\(variable) names \(named), which is no program") }
      return named
    }
    let path = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
    for place in [folder].compactMap({ $0 }) + path where place.hasPrefix("/") {
      let candidate = place + "/" + name
      if isExecutable(candidate) { return candidate }
    }
    throw .runnerMissing("\(name) is neither in \(folder ?? "the folder of this program") nor on the PATH")
  }

  private static func isExecutable(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
  }

  private static func ownFolder() -> String? {
    guard let resolved = realpath("/proc/self/exe", nil) else { return nil }
    defer { free(resolved) }
    let path = String(cString: resolved)
    return path.lastIndex(of: "/").map { String(path[..<$0]) }
  }
}
