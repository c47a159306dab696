import Glibc

/// A program in place of `apolune-runner`, written in shell: for what a real one must not do.
struct FakeRunner {
  let folder: TemporaryFolder
  var path: String { folder.file("apolune-runner") }

  init(_ body: String) throws {
    folder = try TemporaryFolder()
    chmod(try folder.write("#!/bin/sh\n\(body)\n", to: "apolune-runner"), 0o755)
  }
}
