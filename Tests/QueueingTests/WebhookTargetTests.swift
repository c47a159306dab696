import Testing

@testable import Queueing

struct WebhookTargetTests {
  @Test(
    "A URL of a server is a webhook, and its server has a name",
    arguments: [
      ("http://127.0.0.1:8080/hook", "http://127.0.0.1:8080"), ("https://example.com", "https://example.com:443"),
      ("HTTPS://Example.COM:/a?b=c#d", "https://example.com:443"), ("http://hooks.lan./x", "http://hooks.lan.:80"),
      ("http://[::1]:99/", "http://[::1]:99"), ("http://10.0.0.1/", "http://10.0.0.1:80"),
      ("http://my_host/", "http://my_host:80"),
      ("http://192.168.1.9?x", "http://192.168.1.9:80"), ("http://[fd12::1]/", "http://[fd12::1]:80"),
      ("http://[64:ff9b::1.2.3.4]/", "http://[64:ff9b::1.2.3.4]:80"), ("http://9to5.example/", "http://9to5.example:80"),
    ])
  func allowed(url: String, name: String) {
    #expect(WebhookTarget.problem(url) == nil)
    #expect(WebhookTarget.name(of: url) == name)
  }

  @Test(
    "What is no such URL, and what only an attack would name, is refused",
    arguments: [
      "", "example.com", "ftp://example.com/", "file:///etc/passwd", "http://", "http:///x", "http://:80/", "http://a b/",
      "http://exa\u{e4}mple.com/", "http://example.com/\n", "http://user@example.com/", "http://user:secret@example.com/",
      "http://example.com:0/", "http://example.com:65536/", "http://example.com:+80/", "http://example.com:80:90/",
      "http://a..b/", "http://.a/", "http://a%2fb/", "http://[::1/", "http://[::1]x/", "http://[example]/", "http://[1:2]/",
      "http://[::1%25eth0]/", "http://169.254.169.254/latest", "http://0xa9fea9fe/", "http://2852039166/",
      "http://0251.254.169.254/",
      "http://169.254.43518/", "http://169.254.169.254./", "http://0.0.0.0/", "http://224.0.0.1/", "http://255.255.255.255/",
      "http://[fe80::1]/", "http://[ff02::1]/", "http://[::]/", "http://[::ffff:169.254.169.254]/", "http://[::ffff:a9fe:a9fe]/",
      "http://[64:ff9b::169.254.169.254]/", "http://[fd00:ec2::254]/", "http://metadata.google.internal/", "http://256.1.1.1/",
      "http://example.com\\@other.example/", "http://1.2.3/", "http://[1::2::3]/", "http://[1:2:3:4:5:6:7:8:9]/",
      "http://" + String(repeating: "a", count: 64) + ".example/", "http://example.com/" + String(repeating: "a", count: 2048),
    ])
  func refused(url: String) {
    #expect(WebhookTarget.problem(url) != nil)
  }

  @Test func theReasonSaysWhatToWrite() {
    #expect(WebhookTarget.problem("example.com") == "must begin with http:// or https://")
    #expect(WebhookTarget.problem("http://me:pass@example.com")?.contains("password") == true)
  }
}
