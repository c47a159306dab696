import AppModel
import ControlAPI
import Testing

@testable import Host

@Suite struct DeployRequestTests {
  private static let hash = String(repeating: "a", count: 64)

  private static func file(_ path: String, size: Int = 1, hash: String = hash) -> DeployRequest.File {
    .init(path: path, hash: hash, size: size, isExecutable: false)
  }

  private static func request(
    _ files: [DeployRequest.File] = [], change: (inout DeployRequest) -> Void = { _ in }
  ) -> DeployRequest {
    var request = DeployRequest(script: "app.lua", files: [file("app.lua")] + files)
    change(&request)
    return request
  }

  @Test func aRequestThatIsRightPasses() throws {
    try Self.request([Self.file("lib/a.lua"), Self.file("lib/b.lua", size: 0)]) { $0.name = "other" }.check()
  }

  static let wrong: [(DeployRequest, Int, String)] = [
    (request([file("../a")]), 422, "bad-path"), (request([file("/a")]), 422, "bad-path"),
    (request([file("a//b")]), 422, "bad-path"), (request([file("a/./b")]), 422, "bad-path"),
    (request([file("")]), 422, "bad-path"), (request([file("a\0b")]), 422, "bad-path"),
    (request([file(String(repeating: "a/", count: 600) + "b")]), 422, "bad-path"),
    (request([file("lib"), file("lib/a")]), 422, "bad-path"), (request([file("app.lua")]), 422, "duplicate-file"),
    (request([file("a", hash: "abc")]), 422, "bad-hash"), (request([file("a", size: -1)]), 422, "bad-size"),
    (request([file("a", size: .max), file("b", size: .max)]), 413, "file-too-large"),
    (request((0..<10_001).map { file("f\($0)") }), 413, "too-many-files"),
    (request { $0.script = "other.lua" }, 422, "script-missing"), (request { $0.name = "Not A Name" }, 422, "bad-name"),
    (request { $0.gpuCount = 0 }, 422, "out-of-range"),
    (request { $0.message = String(repeating: "é", count: 2049) }, 422, "message-too-long"),
    (request { $0.annotations = ["openapi": "x"] }, 422, "reserved-annotation"),
    (request { $0.annotations = ["": "x"] }, 422, "bad-annotation"),
    (request { $0.annotations = ["a": String(repeating: "x", count: 16_384)] }, 422, "annotations-too-large"),
    (
      request { $0.annotations = Dictionary(uniqueKeysWithValues: (0..<33).map { ("k\($0)", "") }) }, 422,
      "too-many-annotations"
    ),
  ]

  @Test(arguments: wrong.indices) func whatIsWrongIsNamed(index: Int) {
    let (request, status, code) = Self.wrong[index]
    let failure = #expect(throws: APIFailure.self) { try request.check() }
    #expect(failure?.status == status)
    #expect(failure?.problem.code == code)
  }

  @Test func aBundleThatIsTooLargeNamesItsLargestFile() {
    let failure = #expect(throws: APIFailure.self) {
      try Self.request([Self.file("model.bin", size: 400 * 1_048_576), Self.file("b", size: 200 * 1_048_576)]).check()
    }
    #expect(failure?.problem.message == "the bundle has 600 MB; the largest is 'model.bin' with 400 MB")
  }
}
