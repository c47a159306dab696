import Glibc
import Testing

@testable import Host

@Suite struct RunnerExecutableTests {
  let fake: FakeRunner

  init() throws { fake = try FakeRunner("true") }

  @Test func theVariableComesFirst() throws {
    let found = try RunnerExecutable.find(environment: ["APOLUNE_RUNNER": fake.path, "PATH": "/usr/bin"], besides: "/bin")
    #expect(found == fake.path)
  }

  @Test func theOneBesideTheProgramComesBeforeThePath() throws {
    let other = try FakeRunner("true")
    let found = try RunnerExecutable.find(environment: ["PATH": other.folder.path], besides: fake.folder.path)
    #expect(found == fake.path)
  }

  @Test func thePathIsSearched() throws {
    let found = try RunnerExecutable.find(environment: ["PATH": "/usr/bin:\(fake.folder.path)"], besides: "/no/such")
    #expect(found == fake.path)
  }

  @Test(arguments: [["APOLUNE_RUNNER": "/no/such"], ["APOLUNE_RUNNER": "/tmp"], ["PATH": "/no:relative:"], [:]])
  func oneThatIsMissingIsAnErrorWithAWayToMendIt(environment: [String: String]) throws {
    do {
      _ = try RunnerExecutable.find(environment: environment, besides: "/no/such")
      Issue.record("nothing should be found")
    } catch {
      #expect(error.code == "runner-missing")
      #expect(error.fix != nil)
    }
  }
}
