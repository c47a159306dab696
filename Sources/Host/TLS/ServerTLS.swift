import ControlAPI
import FoundationEssentials
import Gateway
import Logging

/// The TLS listener of a server, and the certificate that it shows.
struct ServerTLS: Sendable {
  /// Time between two looks at whether somebody put another certificate in place. Tools for renewal replace links and
  /// files in many ways, and none of them is in a hurry.
  static let lookEvery = Duration.seconds(10)
  /// After a renewal that did not succeed: a full disk, say. There are weeks left.
  private static let retryAfter: TimeInterval = 3_600

  let setup: TLSSetup
  private let source: CertificateSource
  private let first: CertificatePair
  /// Before the certificate was looked at first.
  private let firstStamps: [FileStamp?]
  private let bundle: String?
  private let bound: BoundTLS

  /// Looks at the certificate, so that a server without one starts nothing.
  ///
  /// - Throws: `ServerFailure`
  init(_ setup: TLSSetup, folder: DataFolder, bound: BoundTLS) throws(ServerFailure) {
    self.setup = setup
    self.bound = bound
    source = setup.files.map { .files($0) } ?? .local(folder)
    bundle = setup.files == nil ? folder.trustBundle : nil
    firstStamps = source.stamps
    first = try source.load(now: Date())
  }

  /// Takes TLS connections from now on.
  func listen(_ gateway: Gateway, _ logger: Logger) async throws {
    let (host, port): (String, Int)
    do throws(GatewayError) {
      (host, port) = try await gateway.startTLS(try Self.identity(first), host: setup.host, port: setup.port)
    } catch {
      throw Self.failure(error)
    }
    tell(first, host, port)
    warnOfEnd(first, logger, now: Date())
    if !TLSAddress.fits(host: host, names: first.names) {
      logger.warning(
        "the certificate is for other names than the address", metadata: ["address": "\(host)", "names": "\(first.names)"])
    }
  }

  /// As `ServerFailure`, with the option that mends it.
  static func failure(_ error: GatewayError) -> ServerFailure {
    var failure = ServerFailure(error)
    if case .portInUse = error { failure.fix = "choose another address with --tls-listen HOST:PORT" }
    return failure
  }

  private static func identity(_ pair: CertificatePair) throws(GatewayError) -> TLSIdentity {
    do {
      return try TLSIdentity(certificates: Array(pair.chainText().utf8), key: Array(pair.keyText().utf8))
    } catch let error as GatewayError {
      throw error
    } catch {
      throw .unusableCertificate(reason: "\(error)")
    }
  }

  private func tell(_ pair: CertificatePair, _ host: String, _ port: Int) {
    bound.set(
      TLSInfo(
        url: TLSAddress.url(host: host, port: port, names: pair.names), port: port, names: pair.names.map(\.description),
        expiresAt: pair.leaf.notValidAfter.timeIntervalSince1970, bundle: bundle))
  }

  // MARK: Renewal

  /// Shows another certificate when there is one, and makes one before ours ends. A certificate that cannot be used
  /// changes nothing.
  func keep(
    _ gateway: Gateway, _ disk: DiskWork, _ logger: Logger, lookingEvery interval: Duration = lookEvery
  ) -> Task<Void, Never> {
    Task {
      var seen = firstStamps
      var shown = first
      var review = source.review(of: first, now: Date())
      while !Task.isCancelled {
        do {
          try await Task.sleep(for: interval)
        } catch {
          // The server stops.
          return
        }
        let now = Date()
        let stamps = source.stamps
        guard stamps != seen || now >= review else { continue }
        seen = stamps
        do {
          let pair = try await disk.run { [source] in try source.load(now: now) }
          review = source.review(of: pair, now: now)
          warnOfEnd(pair, logger, now: now)
          // A file that was written anew may say what it said.
          guard pair.leaf != shown.leaf else { continue }
          try show(pair, gateway, logger)
          shown = pair
        } catch {
          logger.warning("the certificate stays as it was", metadata: ["error": "\(error)"])
          review = now + Self.retryAfter
        }
      }
    }
  }

  private func warnOfEnd(_ pair: CertificatePair, _ logger: Logger, now: Date) {
    guard source.isEnding(pair, now: now) else { return }
    logger.warning("the certificate ends soon", metadata: ["until": "\(pair.leaf.notValidAfter.inWords)"])
  }

  private func show(_ pair: CertificatePair, _ gateway: Gateway, _ logger: Logger) throws {
    gateway.renew(try Self.identity(pair))
    if let info = bound.info { tell(pair, setup.host, info.port) }
    logger.info("another certificate is shown", metadata: ["until": "\(pair.leaf.notValidAfter.inWords)"])
  }
}
