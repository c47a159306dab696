import Glibc
import Host
import Testing

@Suite struct FileWatcherTests {
  let folder: TemporaryFolder
  let script: String

  init() throws {
    folder = try TemporaryFolder()
    script = try folder.write("-- one", to: "app.lua")
  }

  /// The first change after `action`; nil when none comes within a second.
  private func change(of watcher: FileWatcher, after action: () throws -> Void) async throws -> FileChange? {
    try action()
    return await withTaskGroup(of: FileChange?.self) { group in
      group.addTask { await watcher.changes.first { _ in true } }
      group.addTask {
        try? await Task.sleep(for: .seconds(1))
        return nil
      }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
  }

  @Test func aSaveInPlaceNamesTheFile() async throws {
    let watcher = try FileWatcher(folder: folder.path, files: [script])
    let change = try await change(of: watcher) { try folder.write("-- two", to: "app.lua") }
    #expect(change == FileChange(trigger: script, files: [script]))
  }

  @Test func aSaveByRenameCounts() async throws {
    let watcher = try FileWatcher(folder: folder.path, files: [script])
    let change = try await change(of: watcher) {
      let new = try folder.write("-- two", to: ".app.lua.new")
      rename(new, script)
    }
    #expect(change?.trigger == script)
  }

  @Test func vimsWayOfSavingIsOneChangeOfOneFile() async throws {
    let watcher = try FileWatcher(folder: folder.path, files: [script])
    let change = try await change(of: watcher) {
      try folder.write("", to: "4913")
      unlink(folder.file("4913"))
      rename(script, script + "~")
      try folder.write("-- two", to: "app.lua")
      unlink(script + "~")
    }
    #expect(change == FileChange(trigger: script, files: [script]))
  }

  @Test func aBurstOfSavesIsOneChange() async throws {
    let data = try folder.write("[]", to: "data.json")
    let watcher = try FileWatcher(folder: folder.path, files: [script, data])
    let change = try await change(of: watcher) {
      for _ in 0..<20 {
        try folder.write("[1]", to: "data.json")
        try folder.write("-- two", to: "app.lua")
      }
    }
    #expect(change == FileChange(trigger: data, files: [data, script]))
  }

  @Test func whatTheAppWritesBesideItsFilesDoesNotCount() async throws {
    let watcher = try FileWatcher(folder: folder.path, files: [script])
    let change = try await change(of: watcher) {
      try folder.write("x", to: "out.log")
      try folder.write("x", to: "data.json")
    }
    #expect(change == nil)
  }

  @Test func aModuleThatAppearsCounts() async throws {
    let watcher = try FileWatcher(folder: folder.path, files: [script])
    let change = try await change(of: watcher) { try folder.write("return {}", to: "count.lua") }
    #expect(change?.trigger == folder.file("count.lua"))
  }

  @Test func aFileBelowAFolderThatIsMadeLaterCounts() async throws {
    let module = folder.file("lib/count.lua")
    let watcher = try FileWatcher(folder: folder.path, files: [script, module])
    let change = try await change(of: watcher) {
      folder.makeFolder("lib")
      try folder.write("return {}", to: "lib/count.lua")
    }
    #expect(change?.trigger == module)
  }

  @Test func ignoredFilesDoNotCount() async throws {
    try folder.write("generated.lua\nlib/\n", to: IgnoreRules.fileName)
    folder.makeFolder("lib")
    let module = try folder.write("return {}", to: "lib/count.lua")
    let watcher = try FileWatcher(folder: folder.path, files: [script, module])
    let change = try await change(of: watcher) {
      try folder.write("return {}", to: "generated.lua")
      try folder.write("return {}", to: "lib/count.lua")
    }
    #expect(change == nil)
  }

  @Test func otherFilesCanBeWatchedFromNowOn() async throws {
    let data = try folder.write("[]", to: "data.json")
    let watcher = try FileWatcher(folder: folder.path, files: [script])
    watcher.watch([script, data])
    let change = try await change(of: watcher) { try folder.write("[1]", to: "data.json") }
    #expect(change?.trigger == data)
  }

  @Test func closingEndsTheStream() async throws {
    let watcher = try FileWatcher(folder: folder.path, files: [script])
    watcher.close()
    #expect(await watcher.changes.first { _ in true } == nil)
  }
}
