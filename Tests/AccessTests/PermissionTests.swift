import Access
import Testing

@Test func permissionsAreWrittenDownByName() {
  #expect(Permission.allCases.map(\.rawValue) == ["call", "deploy", "read", "admin"])
}
