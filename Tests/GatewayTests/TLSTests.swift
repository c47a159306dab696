import EngineCore
import Gateway
import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import Testing

@Suite(.serialized) struct TLSTests {
  func onTLSStage(
    _ configuration: GatewayConfiguration = GatewayConfiguration(),
    _ body: (Stage, TestCertificate, Int) async throws -> Void
  ) async throws {
    let certificate = try TestCertificate()
    try await onStage(configuration) { stage in
      stage.route()
      try await stage.runner()
      try await body(stage, certificate, try await stage.gateway.startTLS(certificate.identity()).port)
    }
  }

  func client(_ port: Int, _ context: NIOSSLContext, paused: Bool = false) async throws -> RawClient {
    let client = try await RawClient(port: port, paused: paused)
    try await client.startTLS(context)
    return client
  }

  @Test func anAppIsCalledOverTLSAsInTheClear() async throws {
    try await onTLSStage { stage, certificate, port in
      let client = try await client(port, try certificate.client())
      for _ in 0..<3 {
        try await client.post("/me/app")
        #expect(try await client.reply().status == 200)
      }
      #expect(try await stage.post().status == 200)
      try await stage.becomesIdle()
    }
  }

  @Test func aLargeAnswerAndAStreamComeWhole() async throws {
    try await onTLSStage { _, certificate, port in
      let client = try await client(port, try certificate.client())
      try await client.post("/me/app/big", "3000000")
      #expect(try await client.reply().body.utf8.count == 3_000_002)
      try await client.post("/me/app/stream", "3")
      #expect(try await client.reply().body == "data: {\"n\":0}\n\ndata: {\"n\":1}\n\ndata: {\"n\":2}\n\n")
    }
  }

  @Test func aRefusedUploadIsAnsweredBeforeTheConnectionIsClosed() async throws {
    var configuration = GatewayConfiguration()
    configuration.bodyMax = 1_000
    try await onTLSStage(configuration) { _, certificate, port in
      let client = try await client(port, try certificate.client())
      try await client.send("POST /me/app HTTP/1.1\r\nHost: h\r\nContent-Length: 9000000\r\n\r\n{")
      #expect(try await client.reply().status == 413)
      try await until("it is closed") { client.isClosed }
    }
  }

  @Test func aSlowReaderHoldsTheRunnerBack() async throws {
    let certificate = try TestCertificate()
    try await onStage { stage in
      stage.route()
      let runner = try await stage.runner { $0.streamCredit = 65_536 }
      let port = try await stage.gateway.startTLS(certificate.identity()).port
      let client = try await client(port, try certificate.client())
      client.collector.isPaused.withLock { $0 = true }
      try await client.post("/me/app/flood", "5000")
      var last = -1
      try await until("the runner stands still") {
        let now = runner.seen.withLock { $0.streamed }
        defer { last = now }
        try await Task.sleep(for: .milliseconds(300))
        return now > 0 && now == last
      }
      #expect(last < 25_000_000, "all of it would be 50,000,000 bytes")
      client.collector.resume()
      #expect(try await client.reply().isWhole)
    }
  }

  @Test func oldTLSAndBytesThatAreNotTLSAreTurnedAway() async throws {
    try await onTLSStage { _, certificate, port in
      let outdated = try certificate.client {
        $0.minimumTLSVersion = .tlsv1
        $0.maximumTLSVersion = .tlsv11
      }
      let old = try await client(port, outdated)
      try await until("the old one is closed") { old.isClosed }
      let plain = try await RawClient(port: port)
      try await plain.send("GET /health HTTP/1.1\r\nHost: h\r\n\r\n")
      try await until("the plain one is closed") { plain.isClosed }
    }
  }

  @Test func aHandshakeThatNeverComesIsAbandoned() async throws {
    var configuration = GatewayConfiguration()
    configuration.readSeconds = 1
    try await onTLSStage(configuration) { _, _, port in
      let silent = try await RawClient(port: port)
      try await until("it is closed") { silent.isClosed }
    }
  }

  @Test func aNewCertificateIsShownToThoseWhoConnectLater() async throws {
    try await onTLSStage { stage, certificate, port in
      let other = try TestCertificate()
      let early = try await client(port, try certificate.client())
      try await early.post("/me/app")
      #expect(try await early.reply().status == 200)
      stage.gateway.renew(try other.identity())
      // A call goes the same way, behind it.
      _ = await stage.gateway.call(AppID(owner: "me", name: "no"))
      let late = try await client(port, try other.client())
      try await late.post("/me/app")
      #expect(try await late.reply().status == 200)
      try await early.post("/me/app")
      #expect(try await early.reply().status == 200)
    }
  }

  @Test func aKeyOfAnotherCertificateIsNoIdentity() throws {
    let (one, other) = (try TestCertificate(), try TestCertificate())
    #expect(throws: GatewayError.self) { try TLSIdentity(certificates: one.pem, key: other.key) }
    #expect(throws: GatewayError.self) { try TLSIdentity(certificates: Array("no PEM".utf8), key: one.key) }
  }

  @Test func aPortThatIsTakenIsSaid() async throws {
    try await onStage { stage in
      let identity = try TestCertificate().identity()
      await #expect(throws: GatewayError.portInUse(host: "127.0.0.1", port: stage.port)) {
        try await stage.gateway.startTLS(identity, port: stage.port)
      }
    }
  }

  // MARK: CONNECT

  @Test(arguments: ["fal.run:443", "queue.fal.run:443", "localhost:443"])
  func connectToOneOfOurNamesLeadsIntoOurOwnTLS(authority: String) async throws {
    try await onTLSStage { stage, certificate, _ in
      let client = try await stage.client()
      try await client.send("CONNECT \(authority) HTTP/1.1\r\nHost: \(authority)\r\n\r\n")
      try await until("it is open") { client.received.hasPrefix("HTTP/1.1 200 ") && client.ends(with: "\r\n\r\n") }
      try await client.startTLS(try certificate.client(), name: String(authority.dropLast(4)))
      for _ in 0..<2 {
        try await client.post("/me/app")
        #expect(try await client.reply().status == 200)
      }
      client.close()
      try await stage.becomesIdle()
    }
  }

  @Test(arguments: ["example.org:25", "fal.run:80", "localhost:1", "nonsense", ":443"])
  func connectLeadsNowhereElseThanToHTTPS(authority: String) async throws {
    try await onTLSStage { stage, _, _ in
      let client = try await stage.client()
      try await client.send("CONNECT \(authority) HTTP/1.1\r\nHost: h\r\n\r\n")
      let reply = try await client.reply()
      #expect(reply.status == 403 || reply.status == 400, "\(reply)")
      try await until("it is closed") { client.isClosed }
    }
  }

  @Test func connectWithoutATLSListenerSaysHowToGetOne() async throws {
    try await onStage { stage in
      let client = try await stage.client()
      try await client.send("CONNECT fal.run:443 HTTP/1.1\r\nHost: h\r\n\r\n")
      let reply = try await client.reply()
      #expect(reply.status == 503 && reply.body.contains("--tls-listen"))
    }
  }

  @Test(arguments: ["no-such-host.invalid:443", "127.0.0.3:443"])
  func aHostThatIsNotThereIsABadGateway(authority: String) async throws {
    try await onStage { stage in
      let client = try await stage.client()
      try await client.send("CONNECT \(authority) HTTP/1.1\r\nHost: h\r\n\r\n")
      #expect(try await client.reply().status == 502)
      try await until("it is closed") { client.isClosed }
    }
  }

  /// Only who may listen on the port of HTTPS can be such a host.
  @Test(.enabled(if: geteuid() == 0)) func otherHostsGetTheBytesAsTheyAreAndNoneIsLost() async throws {
    let host = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Echo()) }
      }
      .bind(host: "127.0.0.2", port: 443).get()
    try await onStage { stage in
      let client = try await stage.client()
      let piece = String(repeating: "z", count: 100_000)
      // The first bytes come with the request, before there is anybody to take them.
      try await client.send("CONNECT 127.0.0.2:443 HTTP/1.1\r\nHost: h\r\n\r\nearly")
      try await until("it is open") { client.ends(with: "\r\n\r\nearly") }
      let head = client.received.utf8.count
      client.collector.isPaused.withLock { $0 = true }
      for _ in 0..<50 { client.sendLater(piece) }
      client.collector.resume()
      try await until("all of it is back") { client.received.utf8.count == head + 5_000_000 }
      client.close()
    }
    try await host.close()
  }
}

/// Sends back what it gets.
private final class Echo: ChannelInboundHandler, Sendable {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer
  func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.writeAndFlush(data, promise: nil) }
}
