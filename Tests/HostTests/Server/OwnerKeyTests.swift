import Glibc
import Testing

@testable import Host
import Platform

@Suite struct OwnerKeyTests {
  private let key = OwnerKey(text: "id:secret")

  @Test func theDigestHoldsNoSecret() {
    #expect(!String(decoding: key.digest.secret, as: UTF8.self).contains("secret"))
    #expect(OwnerKey.make() != OwnerKey.make())
  }

  @Test func theFileIsForThisUserAlone() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("owner.key")
    #expect(OwnerKeyFile.read(path) == nil)
    try OwnerKeyFile.write(key, to: path)
    try OwnerKeyFile.write(key, to: path)
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    #expect(OwnerKeyFile.read(path) == key)
    #expect(throws: SystemError.self) { try OwnerKeyFile.write(key, to: folder.file("none/owner.key")) }
  }
}
