import Testing

/// `apolune reference http` is written by hand: what the gateway says and hears must be in it.
@Suite struct ReferenceTests {
  private static let sources = (try? Repository.files(in: ["Sources/Gateway"], endings: [".swift"])) ?? []
  private static let reference =
    ((try? Repository.files(in: ["Sources/Commands/Reference"], endings: [".swift"])) ?? []).map(\.text).joined().lowercased()

  @Test func everyErrorTypeOfTheGatewayIsInTheReference() {
    let types = Self.sources.flatMap { $0.text.matches(of: /\bFault\([0-9]+, "([a-z_]+)"/).map { String($0.output.1) } }
    #expect(types.count > 10)
    for type in Set(types) { #expect(Self.reference.contains(type)) }
  }

  @Test func everyHeaderOfThePlatformIsInTheReference() {
    let headers = Self.sources.flatMap { $0.text.matches(of: /"(x-fal-[a-z-]+[a-z])"/).map { String($0.output.1) } }
    #expect(headers.count > 10)
    for header in Set(headers) { #expect(Self.reference.contains(header)) }
  }
}
