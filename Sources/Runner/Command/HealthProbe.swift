import CPlatform
import Glibc

/// Asks a program that starts whether it is well yet: often at first, then less so.
final class HealthProbe {
  /// Pauses between questions grow by half from the first to the last of these.
  private static let pauseMin = Duration.milliseconds(5)
  private static let pauseMax = Duration.milliseconds(250)
  /// One answer may take this long.
  private static let answerMax = Duration.seconds(5)
  /// The status line is within that many bytes, or this is no HTTP.
  private static let statusLineMax = 256

  private let loop: EventLoop
  private let port: Int
  private let request: [UInt8]?
  private let onHealthy: () -> Void
  private var attempt: Attempt?
  private var pause = HealthProbe.pauseMin
  private var next: EventLoop.Timer?
  private(set) var isOver = false
  /// What the last question came to, for the report when time is up.
  private(set) var lastProblem = "it does not listen on $PORT"

  private struct Attempt {
    var fd: Int32
    var watch: EventLoop.Watch
    var limit: EventLoop.Timer
    var isConnected = false
    var answer: [UInt8] = []
  }

  /// Without a `path`, a program that takes a connection is well.
  init(loop: EventLoop, port: Int, method: String, path: String?, onHealthy: @escaping () -> Void) {
    self.loop = loop
    self.port = port
    self.onHealthy = onHealthy
    request = path.map { path in
      let length = method == "POST" ? "Content-Length: 0\r\n" : ""
      return Array("\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\(length)Connection: close\r\n\r\n".utf8)
    }
  }

  func start() {
    guard !isOver else { return }
    let fd = platform_connect_loopback(Int32(port))
    guard fd >= 0 else { return tryAgain() }
    do {
      let watch = try loop.watch(fd, for: .writable) { [unowned self] _ in proceed() }
      let limit = loop.after(Self.answerMax) { [unowned self] in
        lastProblem = "it did not answer its health check within \(Self.answerMax)"
        tryAgain()
      }
      attempt = Attempt(fd: fd, watch: watch, limit: limit)
    } catch {
      close(fd)
      tryAgain()
    }
  }

  func stop() {
    isOver = true
    next?.cancel()
    endAttempt()
  }

  private func endAttempt() {
    guard let attempt else { return }
    self.attempt = nil
    attempt.limit.cancel()
    loop.stop(attempt.watch)
    close(attempt.fd)
  }

  private func tryAgain() {
    endAttempt()
    guard !isOver else { return }
    next = loop.after(pause) { [unowned self] in start() }
    pause = min(pause * 3 / 2, Self.pauseMax)
  }

  private func succeed() {
    stop()
    onHealthy()
  }

  private func proceed() {
    guard let attempt else { return }
    if attempt.isConnected { return readAnswer(attempt.fd) }
    guard platform_socket_error(attempt.fd) == 0 else { return tryAgain() }
    guard let request else { return succeed() }
    // A fresh socket's buffer holds more than this.
    let sent = request.withUnsafeBytes { send(attempt.fd, $0.baseAddress, $0.count, 0) }
    guard sent == request.count else { return tryAgain() }
    self.attempt?.isConnected = true
    loop.change(attempt.watch, to: .readable)
  }

  private func readAnswer(_ fd: Int32) {
    var bytes = [UInt8](repeating: 0, count: Self.statusLineMax)
    let count = bytes.withUnsafeMutableBytes { recv(fd, $0.baseAddress, $0.count, 0) }
    if count < 0, errno == EAGAIN || errno == EINTR { return }
    attempt?.answer += bytes.prefix(max(0, count))
    let answer = attempt?.answer ?? []
    if let status = Self.status(of: answer) {
      if (200..<300).contains(status) { return succeed() }
      lastProblem = "its health check answered with status \(status)"
      return tryAgain()
    }
    guard count > 0, answer.count < Self.statusLineMax else {
      lastProblem = "its health check did not answer in HTTP"
      return tryAgain()
    }
  }

  /// `HTTP/1.1 200 …` → 200; nil while that is not complete.
  static func status(of answer: [UInt8]) -> Int? {
    let parts = answer.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: true)
    guard parts.count >= 2, parts[0].starts(with: "HTTP/".utf8), parts[1].count >= 3 else { return nil }
    return Int(String(decoding: parts[1].prefix(3), as: UTF8.self))
  }
}
