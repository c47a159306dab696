import ControlAPI
import Foundation
import Glibc
import Testing

@testable import Host

@Suite(.serialized) struct ServerTests {
  @Test func anAppIsDeployedAndCalledAndTheServerSaysSo() async throws {
    let stage = try await ServerStage()
    let answer = try await stage.deploy(ServerStage.script("one"))
    #expect(answer.status == 200)
    #expect(
      answer.events.map(\.kind) == [.validated, .registered, .switched, .waiting, .starting, .ready, .finished]
        || answer.events.map(\.kind) == [.validated, .registered, .waiting, .switched, .starting, .ready, .finished],
      "\(answer.events.map(\.kind)) \(String(decoding: answer.body, as: UTF8.self))")
    let result = try #require(answer.events.last?.result)
    #expect(result.url == stage.server.url + "/me/tiny")
    #expect(result.revision == "tiny-1" && result.status == .deployed && result.auth == "private")
    #expect(String(decoding: try await stage.call().body, as: UTF8.self) == #"{"word":"one"}"#)
    let status = try await stage.send("GET", ControlPath.status).decoded(ServerStatus.self)
    #expect(status.apps == 1 && status.runners == 1 && status.owner == "me" && status.pid == getpid())
    #expect(status.url == stage.server.url && status.problem == nil)
    let apps = try await stage.send("GET", ControlPath.apps).decoded(AppList.self)
    #expect(apps.apps.map(\.name) == ["tiny"])
    for name in ["control.sock", "owner.key"] {
      var status = stat()
      #expect(stat(stage.folder.file(name), &status) == 0 && status.st_mode & 0o777 == 0o600, "\(name)")
    }
    await stage.server.stop(endingRunners: true)
  }
}

@Suite(.serialized) struct ServerRestartTests {
  @Test func theNextServerTakesOverTheRunnersAndServesBy() async throws {
    let first = try await ServerStage()
    _ = try await first.deploy(ServerStage.script("one", options: "min_concurrency = 2, max_concurrency = 4"))
    let before = try await first.until { $0.count == 2 && $0.allSatisfy { $0.state == "IDLE" } }
    await first.server.stop()
    for pid in before.compactMap(\.pid) { #expect(kill(pid, 0) == 0) }
    let begin = ContinuousClock.now
    let second = try await ServerStage(folder: first.folder)
    #expect(await second.server.status().runnersAdopted == 2)
    #expect(try await second.call().status == 200)
    print("serving again after", ContinuousClock.now - begin)
    let after = try await second.until { $0.count == 2 && $0.allSatisfy { $0.state == "IDLE" } }
    #expect(Set(after.map(\.pid)) == Set(before.map(\.pid)))
    let status = try await second.send("GET", ControlPath.status).decoded(ServerStatus.self)
    #expect(status.runnersAdopted == 2 && status.apps == 1)
    _ = try await second.deploy(ServerStage.script("two"))
    #expect(String(decoding: try await second.call().body, as: UTF8.self) == #"{"word":"two"}"#)
    await second.server.stop(endingRunners: true)
    for pid in before.compactMap(\.pid) { #expect(kill(pid, 0) != 0 || isZombie(pid)) }
  }

  private func isZombie(_ pid: Int32) -> Bool {
    let stat = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
    return stat.split(separator: ")").last?.split(separator: " ").first == "Z"
  }

  @Test func aServerThatIsToldToStopSaysSo() async throws {
    let stage = try await ServerStage()
    #expect(try await stage.send("POST", ControlPath.stop, json: ServerStop(stopsRunners: true)).status == 202)
    var orders = stage.server.stopOrders.makeAsyncIterator()
    #expect(await orders.next() == ServerStop(stopsRunners: true))
    await stage.server.stop(endingRunners: true)
    #expect(ServerRecord.read(in: DataFolder(named: stage.folder.path, environment: [:])) == nil)
  }
}

@Suite(.serialized) struct ServerRefusalTests {
  @Test func onlyTheOwnersKeyOpensTheControlAPI() async throws {
    let stage = try await ServerStage()
    let wrong = try await stage.send("GET", ControlPath.status, key: "id:wrong")
    #expect(wrong.status == 401 && wrong.problem?.code == "not-authorized")
    #expect(try await stage.send("GET", ControlPath.health, key: "id:wrong").status == 200)
    #expect(try await stage.send("GET", ControlPath.document, key: "id:wrong").status == 200)
    #expect(stage.server.keyMade == stage.key)
    await stage.server.stop()
  }

  @Test func whatCannotBeReadIsSaidWithItsPlace() async throws {
    let stage = try await ServerStage()
    func post(_ text: String) async throws -> ServerStage.Answer {
      try await stage.send("POST", ControlPath.deploys, body: Data(text.utf8))
    }
    let broken = try await post("{\"script\": ")
    #expect(broken.status == 400 && broken.problem?.code == "bad-json")
    let missing = try await post("{\"script\": \"app.lua\"}")
    #expect(missing.problem?.message == "the body lacks 'files'")
    #expect(try await post("").problem?.message == "the body is empty")
    let unknown = try await post(
      #"{"script":"a","files":[],"environment":"main","annotations":{},"resetsScaling":false,"detaches":false,"isCheck":false,"#
        + #""strategy":"slow"}"#)
    #expect(unknown.status == 400 && unknown.problem?.message.contains("strategy") == true)
    let huge = try await post(String(repeating: " ", count: APIRequest.jsonMax + 1))
    #expect(huge.status == 413 && huge.problem?.code == "body-too-large")
    #expect(try await stage.send("GET", "/v1/nothing").status == 404)
    #expect(try await stage.send("DELETE", ControlPath.status).status == 405)
    #expect(try await stage.send("GET", ControlPath.app("me", "none")).problem?.code == "app-not-found")
    #expect(try await stage.send("GET", ControlPath.app("me", "none", .history)).status == 404)
    #expect(try await stage.send("POST", ControlPath.runner("none", .kill)).status == 404)
    #expect(try await stage.send("GET", ControlPath.runner("none", .logs)).status == 404)
    await stage.server.stop()
  }

  @Test func aSecondServerOnTheSameFolderIsRefused() async throws {
    let stage = try await ServerStage()
    let failure = await #expect(throws: ServerFailure.self) { _ = try await Server.start(ServerStage.setup(stage.folder)) }
    #expect(failure?.code == "data-folder-in-use")
    #expect(failure?.message.contains("\(getpid())") == true)
    await stage.server.stop()
    // Its end lets go of the folder.
    let next = try await ServerStage(folder: stage.folder)
    #expect(next.server.keyMade == nil && next.key == stage.key)
    await next.server.stop()
  }

  @Test func aPortInUseIsSaidAndTheFolderLeftFree() async throws {
    let stage = try await ServerStage()
    let port = try #require(URL(string: stage.server.url)?.port)
    let other = try TemporaryFolder()
    let failure = await #expect(throws: ServerFailure.self) {
      _ = try await Server.start(ServerStage.setup(other, port: port))
    }
    #expect(failure?.code == "port-in-use" && failure?.fix != nil)
    await stage.server.stop()
    let next = try await Server.start(ServerStage.setup(other, port: port))
    #expect(next.url == stage.server.url)
    await next.stop()
  }

  @Test func aDatabaseThatIsNoneIsLeftAsItIs() async throws {
    let folder = try TemporaryFolder()
    try folder.write("this is no database, but long enough to look like a file of one", to: "apolune.sqlite")
    let failure = await #expect(throws: ServerFailure.self) { _ = try await Server.start(ServerStage.setup(folder)) }
    #expect(failure?.code == "database-corrupt")
    #expect(try String(contentsOfFile: folder.file("apolune.sqlite"), encoding: .utf8).hasPrefix("this is no database"))
  }

  @Test func aFolderWithATooLongPathIsRefused() async throws {
    let folder = try TemporaryFolder()
    var setup = ServerStage.setup(folder)
    setup.folder = DataFolder(named: folder.file(String(repeating: "x", count: 120)), environment: [:])
    let failure = await #expect(throws: ServerFailure.self) { _ = try await Server.start(setup) }
    #expect(failure?.code == "data-folder-path-too-long")
  }
}

@Suite(.serialized) struct ServerFolderTests {
  @Test func theNextServerFindsTheRunnersWhereTheyAreThoughTheRuntimeFolderMoved() async throws {
    let first = try await ServerStage()
    _ = try await first.deploy(ServerStage.script("one", options: "min_concurrency = 1"))
    let before = try await first.until { $0.count == 1 && $0[0].state == "IDLE" }
    await first.server.stop()
    let earlier = getenv("XDG_RUNTIME_DIR").map { String(cString: $0) }
    let elsewhere = try TemporaryFolder()
    setenv("XDG_RUNTIME_DIR", elsewhere.path, 1)
    defer { if let earlier { setenv("XDG_RUNTIME_DIR", earlier, 1) } else { unsetenv("XDG_RUNTIME_DIR") } }
    let second = try await ServerStage(folder: first.folder)
    let after = try await second.until { $0.count == 1 && $0[0].state == "IDLE" }
    #expect(after.map(\.pid) == before.map(\.pid))
    await second.server.stop(endingRunners: true)
  }
}
