import Foundation
import Glibc
import Store
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

  @Test func theKeyOfAnOlderDataFolderIsTakenOver() throws {
    let folder = try TemporaryFolder()
    let data = DataFolder(named: folder.path, environment: [:])
    let store = try Store.open(folder: folder.path)
    try store.set("owner-key", to: String(decoding: JSONEncoder().encode(key.digest), as: UTF8.self))
    for _ in 1...2 {
      #expect(try OwnerKey.prepare(store, data, owner: "me", pepper: store.pepper()) == nil)
      let keyring = try LiveKeyring(store, pepper: store.pepper())
      let known = keyring.verify(authorization: "Key id:secret")
      #expect(known?.user == "me" && known?.preset == .full)
      #expect(try store.setting("owner-key") == nil)
    }
    try store.close()
  }
}
