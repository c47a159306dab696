/// What a runner's exit code says to whoever started it.
enum ExitCode {
  static let success: Int32 = 0
  /// The script, its `setup` or its program failed; the reason was sent or logged.
  static let failed: Int32 = 1
  /// The command line is wrong.
  static let usage: Int32 = 2
  /// The grace period ended before the work did.
  static let graceOver: Int32 = 3
  /// No host connected, or the only one is gone.
  static let noHost: Int32 = 4
  /// The runner itself failed.
  static let broken: Int32 = 5
}
