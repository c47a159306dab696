/// The part of a command's help that says how it may end.
enum ExitCodes {
  static let text = """
    EXIT CODES:
      0   all went well
      1   it could not be done; standard error says why and how to mend it
      64  the command line is wrong
    """

  static let rollout = """
    EXIT CODES:
      0    the revision takes the traffic; with --detach, it is on its way
      1    it does not; standard error says why and how to mend it
      64   the command line is wrong
      130  you stopped watching; the rollout goes on
    """

  static let call = """
    EXIT CODES:
      0    the app answered with success
      1    it did not; standard error says why
      64   the command line is wrong
      130  you ended it; a queued request is cancelled
    """

  /// As a shell has it for Ctrl-C.
  static let interrupted: Int32 = 130

  /// As `sysexits.h` has it for what may well succeed later: another server has the data folder.
  static let folderInUse: Int32 = 75
}
