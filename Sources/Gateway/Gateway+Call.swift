import AppModel
public import EngineCore
import NIOCore
import NIOHTTP1
public import RunnerProtocol

extension Gateway {
  /// What becomes of a call that its task may cancel before it has even begun.
  private enum Call {
    /// Becomes `running` or `cancelled`.
    case fresh
    case running(InProcessCall)
    case cancelled
  }

  /// Calls an app from within the process, through the same queue and slots as everybody else, as the app's owner.
  ///
  /// Cancelling the task cancels the request. A failure of the platform is an answer too: 404, 503, ….
  ///
  /// - Parameter method: for command apps; nil: POST with a body, GET without. Endpoints of Lua apps know POST only.
  public func call(
    _ app: AppID, path: String = "/", body: [UInt8] = [], headers: [RequestHead.Header] = [], method: String? = nil
  ) async -> GatewayAnswer {
    let box = NIOLoopBoundBox.makeBoxSendingValue(Call.fresh, eventLoop: loop)
    return await withTaskCancellationHandler {
      await withCheckedContinuation { (done: CheckedContinuation<GatewayAnswer, Never>) in
        let isAccepted = perform { core in
          let head = RequestHead(requestID: core.nextRequestID(), path: path, callerID: app.owner, headers: headers)
          let call = InProcessCall(head: head, body: ByteBuffer(bytes: body), limit: core.configuration.callAnswerMax) {
            done.resume(returning: $0)
          }
          if case .cancelled = box.value { return call.cancel() }
          box.value = .running(call)
          core.begin(call, of: app, head, method: method ?? (body.isEmpty ? "GET" : "POST"))
        }
        if !isAccepted { done.resume(returning: GatewayAnswer(.stopping, requestID: "")) }
      }
    } onCancel: {
      perform { _ in
        if case .running(let call) = box.value { call.cancel() } else { box.value = .cancelled }
      }
    }
  }
}

extension Core {
  fileprivate func begin(_ call: InProcessCall, of app: AppID, _ head: RequestHead, method: String) {
    guard let desk = desk(key: app.description), let route = desk.route else { return call.fail(.unknownApp(app.description)) }
    switch route.definition.program {
    case .endpoints:
      guard let endpoint = desk.endpoints?[head.path] else { return call.fail(.unknownPath(head.path)) }
      guard endpoint.realtime == nil else { return call.fail(.realtimeOnly(head.path)) }
      call.begin(desk)
    case .command:
      var headers = HTTPHeaders(head.headers.map { ($0.name, $0.value) })
      headers.replaceOrAdd(name: "host", value: "127.0.0.1")
      headers.replaceOrAdd(name: "content-length", value: "\(call.bodyCount)")
      let original = HTTPRequestHead(version: .http1_1, method: HTTPMethod(rawValue: method), uri: head.path, headers: headers)
      let request = ProxyRequest(
        original, path: head.path, requestID: head.requestID, caller: Caller(id: head.callerID), passesAuthorization: true)
      call.beginProxied(desk, request)
    }
  }
}
