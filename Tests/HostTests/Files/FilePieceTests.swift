import Access
import Testing

@testable import Host

@Suite struct FilePieceTests {
  @Test(arguments: [
    ("cat.png", "cat.png"), ("../../etc/passwd", "passwd"), ("..\\..\\boot.ini", "boot.ini"), ("/", "upload.bin"),
    ("..", "upload.bin"), (".", "upload.bin"), ("", "upload.bin"), ("%2e%2e%2fx", "_2e_2e_2fx"), ("a\0b.png", "b.png"),
    (".htaccess", "htaccess"), ("a b\r\nc\".txt", "a_b_c_.txt"), ("Żółw 🐢.jpeg", "_w_.jpeg"), ("日本", "upload.bin"),
    ("\u{202E}gnp.exe", "_gnp.exe"),
  ])
  func aNameIsOnePlainPartOfAPath(_ text: String, _ expected: String) {
    #expect(FileName.cleaned(text) == expected)
  }

  @Test func aLongNameKeepsItsEnding() {
    let name = FileName.cleaned(String(repeating: "a", count: 5000) + ".tar")
    #expect(name.utf8.count == FileName.bytesMax && name.hasSuffix("a.tar"))
    #expect(FileName.cleaned("a." + String(repeating: "b", count: 5000)).utf8.count == FileName.bytesMax)
  }

  @Test(
    arguments: [
      (nil, ByteRange.whole), ("bytes=0-3", .part(0..<4)), ("bytes=4-", .part(4..<10)), ("bytes=-3", .part(7..<10)),
      ("bytes=0-99", .part(0..<10)), ("bytes=-99", .part(0..<10)), ("bytes=10-", .unsatisfiable), ("bytes=-0", .unsatisfiable),
      ("bytes=3-1", .whole), ("bytes=a-b", .whole), ("bytes=0-1,3-4", .whole), ("items=0-1", .whole), ("bytes=--1", .whole),
      ("bytes=0-9223372036854775807", .part(0..<10)), ("bytes=0-99999999999999999999", .whole), ("bytes=-", .whole),
    ] as [(String?, ByteRange)])
  func rangesAreReadAsTheStandardHasThem(_ header: String?, _ expected: ByteRange) {
    #expect(ByteRange(header, size: 10) == expected)
  }

  @Test(
    arguments: [
      ("rest.fal.ai", nil, "http://127.0.0.1:9"), ("v3.fal.media:443", "https", "http://127.0.0.1:9"),
      ("FAL.RUN", nil, "http://127.0.0.1:9"), ("notfal.ai", nil, "http://notfal.ai"), ("fal.ai.evil", nil, "http://fal.ai.evil"),
      ("localhost:8080", nil, "http://localhost:8080"), ("files.me.org", "https", "https://files.me.org"),
      ("[::1]:80", "gopher", "http://[::1]:80"), ("a/b", nil, "http://127.0.0.1:9"), ("a\"b", nil, "http://127.0.0.1:9"),
      (nil, nil, "http://127.0.0.1:9"),
    ] as [(String?, String?, String)])
  func filesAreWhereTheClientCanFetchThem(_ host: String?, _ scheme: String?, _ expected: String) {
    #expect(FileAddress.base(host: host, scheme: scheme, server: "http://127.0.0.1:9") == expected)
  }

  @Test func aPermissionIsForOneThingAndAWhile() throws {
    let signature = FileSignature(pepper: try #require(Pepper(bytes: Pepper.random())))
    let token = signature.permission(.token, "me", until: 100)
    #expect(signature.subject(.token, of: token, now: 99) == "me")
    #expect(signature.subject(.token, of: token, now: 100) == nil)
    #expect(signature.subject(.put, of: token, now: 99) == nil)
    let other = FileSignature(pepper: try #require(Pepper(bytes: Pepper.random())))
    #expect(other.subject(.token, of: token, now: 99) == nil)
    for index in token.indices {
      var changed = token
      changed.replaceSubrange(index...index, with: token[index] == "0" ? "1" : "0")
      #expect(signature.subject(.token, of: changed, now: 0) == nil)
    }
    for text in ["", "..", "a.b.c", ".1.", "6d.99", String(repeating: "0", count: 5000)] {
      #expect(signature.subject(.token, of: text, now: 0) == nil)
    }
  }

  @Test(arguments: [
    ("image/png", true), ("video/mp4", true), ("text/plain; charset=utf-8", true), ("text/html", false),
    ("image/svg+xml", false), ("application/javascript", false), ("TEXT/HTML", false), ("application/xml", false),
  ])
  func onlyWhatABrowserNeverRunsIsShown(_ type: String, _ isShown: Bool) {
    #expect(FileType.isShown(type) == isShown)
  }

  @Test func aDiskKeepsSomeRoom() {
    let limits = FileLimits()
    #expect(limits.hasRoom(free: 60_000_000_000, of: 1_000_000_000_000))
    #expect(!limits.hasRoom(free: 40_000_000_000, of: 1_000_000_000_000))
    #expect(!limits.hasRoom(free: 900_000_000, of: 2_000_000_000))
  }
}
