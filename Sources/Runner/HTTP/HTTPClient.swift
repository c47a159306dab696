import CCurl

/// Requests to other servers, driven by the runner's loop. libcurl is loaded with the first one.
final class HTTPClient {
  private let loop: EventLoop
  private var client: OpaquePointer?
  private var watches: [Int32: EventLoop.Watch] = [:]
  private var timer: EventLoop.Timer?
  /// Keeps what libcurl holds plain pointers to.
  private var handles: [ObjectIdentifier: (transfer: HTTPTransfer, handle: OpaquePointer)] = [:]
  private var resultsAreDue = false

  init(loop: EventLoop) { self.loop = loop }

  /// Starts `request`. `completion` is called once, later, unless `cancel` comes first.
  func start(
    _ request: HTTPRequest, completion: @escaping (Result<HTTPResponse, HTTPError>) -> Void
  ) throws(HTTPError) -> HTTPTransfer {
    try request.check()
    let client = try open()
    let transfer = HTTPTransfer(request: request, completion: completion)
    guard let handle = startTransfer(transfer, client) else { throw .invalid("libcurl refuses the request") }
    handles[ObjectIdentifier(transfer)] = (transfer, handle)
    deliverResultsSoon()
    return transfer
  }

  func cancel(_ transfer: HTTPTransfer) {
    transfer.completion = nil
    guard let client, let (_, handle) = handles.removeValue(forKey: ObjectIdentifier(transfer)) else { return }
    ccurl_finish(client, handle)
  }

  private func open() throws(HTTPError) -> OpaquePointer {
    if let client { return client }
    if let problem = ccurl_problem() { throw .unavailable(String(cString: problem)) }
    var events = ccurl_events(
      context: Unmanaged.passUnretained(self).toOpaque(),
      watch: { context, fd, interest in HTTPClient.from(context)?.watch(fd, interest) },
      timer: { context, milliseconds in HTTPClient.from(context)?.setTimer(milliseconds) })
    guard let created = ccurl_client_create(&events) else { throw .unavailable("libcurl cannot be started") }
    client = created
    return created
  }

  private static func from(_ context: UnsafeMutableRawPointer?) -> HTTPClient? {
    context.map { Unmanaged<HTTPClient>.fromOpaque($0).takeUnretainedValue() }
  }

  private func startTransfer(_ transfer: HTTPTransfer, _ client: OpaquePointer) -> OpaquePointer? {
    let request = transfer.request
    // "name;" is libcurl's way to send a header without a value.
    let lines = request.headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
    return withCStrings(lines) { lines in
      (request.body ?? []).withUnsafeBufferPointer { body in
        request.url.withCString { url in
          request.method.withCString { method in
            var raw = ccurl_request()
            raw.context = Unmanaged.passUnretained(transfer).toOpaque()
            raw.url = url
            raw.method = method
            raw.headers = lines.baseAddress
            raw.header_count = lines.count
            raw.body = request.body == nil ? nil : body.baseAddress ?? UnsafePointer(bitPattern: 1)
            raw.body_count = body.count
            raw.timeout_milliseconds = max(1, Int(request.timeout * 1000))
            raw.redirects_max = request.redirectsLimit
            raw.header = { context, bytes, count in HTTPClient.take(context, bytes, count, HTTPTransfer.addHeader) }
            raw.data = { context, bytes, count in HTTPClient.take(context, bytes, count, HTTPTransfer.addData) }
            return ccurl_start(client, &raw)
          }
        }
      }
    }
  }

  private static func take(
    _ context: UnsafeMutableRawPointer?, _ bytes: UnsafePointer<CChar>?, _ count: Int,
    _ add: (HTTPTransfer) -> (UnsafeRawBufferPointer) -> Bool
  ) -> Int32 {
    guard let context else { return 0 }
    let transfer = Unmanaged<HTTPTransfer>.fromOpaque(context).takeUnretainedValue()
    return add(transfer)(UnsafeRawBufferPointer(start: bytes, count: count)) ? 1 : 0
  }

  // MARK: Events

  private func watch(_ fd: Int32, _ interest: Int32) {
    let wanted = Self.readiness(of: interest)
    if interest == Int32(CCURL_REMOVE.rawValue) {
      if let watch = watches.removeValue(forKey: fd) { loop.stop(watch) }
    } else if let watch = watches[fd] {
      loop.change(watch, to: wanted)
    } else {
      do {
        watches[fd] = try loop.watch(fd, for: wanted) { [unowned self] readiness in ready(fd, readiness) }
      } catch {
        // The transfer that wanted it is ended by its time-out.
        return
      }
    }
  }

  private static func readiness(of interest: Int32) -> Readiness {
    var readiness: Readiness = []
    if interest & Int32(CCURL_IN.rawValue) != 0 { readiness.insert(.readable) }
    if interest & Int32(CCURL_OUT.rawValue) != 0 { readiness.insert(.writable) }
    return readiness
  }

  private func ready(_ fd: Int32, _ readiness: Readiness) {
    var flags: Int32 = 0
    if readiness.contains(.readable) || readiness.contains(.hungUp) { flags |= Int32(CCURL_IN.rawValue) }
    if readiness.contains(.writable) || readiness.contains(.hungUp) { flags |= Int32(CCURL_OUT.rawValue) }
    ccurl_ready(client, fd, flags)
    deliverResults()
  }

  private func setTimer(_ milliseconds: Int) {
    timer?.cancel()
    timer = nil
    guard milliseconds >= 0 else { return }
    timer = loop.after(.milliseconds(milliseconds)) { [unowned self] in
      timer = nil
      ccurl_timeout(client)
      deliverResults()
    }
  }

  /// A request may be over as soon as it is started; its caller hears of it after having got the transfer.
  private func deliverResultsSoon() {
    guard !resultsAreDue else { return }
    resultsAreDue = true
    loop.atEndOfTick { [weak self] in
      self?.resultsAreDue = false
      self?.deliverResults()
    }
  }

  private func deliverResults() {
    var result = ccurl_result()
    while ccurl_next_result(client, &result) != 0 {
      guard let context = result.context else { continue }
      let transfer = Unmanaged<HTTPTransfer>.fromOpaque(context).takeUnretainedValue()
      let problem = result.problem.map { String(cString: $0) }
      handles[ObjectIdentifier(transfer)] = nil
      ccurl_finish(client, result.transfer)
      withExtendedLifetime(transfer) {
        transfer.finish(status: result.status, timedOut: result.timed_out != 0, problem: problem)
      }
    }
  }
}

/// Calls `body` with C copies of `texts`.
func withCStrings<Result>(
  _ texts: [String], _ body: (UnsafeBufferPointer<UnsafePointer<CChar>?>) -> Result
) -> Result {
  let joined = texts.map { ContiguousArray($0.utf8CString) }
  let flat = joined.flatMap { $0 }
  return flat.withUnsafeBufferPointer { bytes in
    var pointers: [UnsafePointer<CChar>?] = []
    var offset = 0
    for text in joined {
      pointers.append(bytes.baseAddress.map { $0 + offset })
      offset += text.count
    }
    return pointers.withUnsafeBufferPointer(body)
  }
}
