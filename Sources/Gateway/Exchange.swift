import EngineCore
import NIOCore
import NIOHTTP1
import RunnerProtocol

/// The caller's side of an exchange: an HTTP connection or a call made within the process.
protocol ExchangeClient: AnyObject {
  /// A runner has a slot for the exchange: send it there.
  func exchangeStarted(_ exchange: Exchange, on link: RunnerLink)
  /// A piece of the answer; after one that `isLast`, or after `exchangeFailed`, nothing more comes.
  func exchangeAnswered(_ exchange: Exchange, _ part: AnswerPart)
  /// There is no (further) answer, for this reason.
  func exchangeFailed(_ exchange: Exchange, _ fault: Fault)
}

/// What a Lua runner sends back for one request.
enum AnswerPart {
  case whole(AnswerHead, body: ByteBuffer)
  /// A streamed answer begins.
  case head(AnswerHead)
  case chunk(ByteBuffer)
  case end
  /// A streamed answer is cut short by an error.
  case abort(AnswerHead, body: ByteBuffer)
  /// A message of a session, with its kind in front.
  case reply(ByteBuffer)
  /// The oldest message of a session's client is dealt with.
  case handled

  var isLast: Bool {
    switch self {
    case .whole, .end, .abort: true
    case .head, .chunk, .reply, .handled: false
    }
  }
}

/// One request from its arrival to the end of its answer: the holder of its slot.
///
/// The slot goes back through `AppDesk.ended` only, which the phase allows once.
final class Exchange {
  enum Phase {
    /// Not given to a dispatcher yet. Becomes `waiting`, `running` or `over`.
    case new
    /// Has a place in the queue. Becomes `running` or `over`.
    case waiting(ExchangeID)
    /// Has a slot. Becomes `over`.
    case running(ExchangeID, RunnerLink)
    /// Has neither. Final.
    case over
  }

  let requestID: String
  let desk: AppDesk
  /// When it gives up waiting for a runner, if the caller set a limit; else the app's own limit counts.
  let waitMax: Duration?
  var phase = Phase.new {
    didSet { phaseChanged(from: oldValue) }
  }
  /// What its record begins with; nil: none is made.
  let trace: RequestTrace?
  var progress = RequestProgress()
  /// Among those of the caller's key, where that has a limit.
  var place: KeyPlace?
  /// The runner that the caller would rather have: `X-Fal-Runner-Hint`.
  var hint: String?
  /// What the answer said to the platform; complete once the exchange is over.
  private(set) var notes = AnswerNotes()
  /// What the platform answered in the app's place.
  private(set) var fault: Fault?
  /// Its stream on the link, when a Lua runner has it.
  var stream: UInt32 = 0
  /// nil once the caller is gone: what comes then is dropped.
  private(set) var client: (any ExchangeClient)?

  /// - Parameter trace: what its record begins with; nil for what is no request, a health check say.
  init(
    requestID: String, desk: AppDesk, client: any ExchangeClient, waitMax: Duration?, trace: RequestTrace?
  ) {
    self.requestID = requestID
    self.desk = desk
    self.client = client
    self.waitMax = waitMax
    self.trace = trace
  }

  /// Somebody else speaks for the caller from here on.
  func pass(to client: any ExchangeClient) {
    if self.client != nil { self.client = client }
  }

  /// The caller went away or gives up. A request that a Lua runner has keeps its slot until the runner confirms that
  /// it has stopped, since it works on it until then.
  func clientLeft() {
    if fault == nil, progress.ended == 0 { progress.isAborted = true }
    sessionClosed()
  }

  /// The caller has what it wanted, and the runner is to stop.
  func sessionClosed() {
    client = nil
    end()
    switch phase {
    case .new, .over: phase = .over
    case .waiting: desk.ended(self)
    case .running(_, let link): if stream != 0 { link.cancel(self) } else { desk.ended(self) }
    }
    recordIfOver()
  }

  /// Passes a piece of the answer on and gives the slot back with the last one.
  func answered(_ part: AnswerPart) {
    let client = self.client
    progressed(part)
    switch part {
    case .whole(let head, _), .head(let head), .abort(let head, _): notes = AnswerNotes(head)
    case .chunk, .end, .reply, .handled: break
    }
    if part.isLast {
      self.client = nil
      desk.ended(self)
      recordIfOver()
    }
    client?.exchangeAnswered(self, part)
  }

  /// Ends it with an error that the platform found.
  func fail(_ fault: Fault) {
    self.fault = fault
    let client = self.client
    self.client = nil
    desk.ended(self)
    recordIfOver()
    client?.exchangeFailed(self, fault)
  }

  /// The answer of a command app has begun.
  func answerBegan(_ head: HTTPResponseHead) {
    notes = AnswerNotes(head)
    progress.firstByte = NIODeadline.now().uptimeNanoseconds
  }

  func passed(bytesIn count: Int) { progress.bytesIn += count }

  func passed(bytesOut count: Int) { progress.bytesOut += count }

  /// Ends it for a caller that needs no further word: the answer was passed through whole.
  func finish() {
    client = nil
    desk.ended(self)
    recordIfOver()
  }
}

extension Exchange: Passage {
  var upstreams: UpstreamPool? {
    if case .running(_, let link) = phase { link.upstreams } else { nil }
  }

  func clientLeft(_ request: ProxyRequest) {
    if case .running(_, let link) = phase { link.tellProgram(cancelled: request) }
  }
}

extension Exchange {
  /// The gateway's own limit on a request that a Lua runner has: the caller gets its answer, and the runner is told to
  /// stop.
  func timedOut() {
    fault = .requestTimeout
    let client = self.client
    clientLeft()
    client?.exchangeFailed(self, .requestTimeout)
  }
}
