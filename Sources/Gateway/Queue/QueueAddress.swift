/// The URLs of one queued request, as its client reaches them.
struct QueueAddress: Hashable {
  let id: String
  /// `…/owner/app/requests/ID`
  let response: String

  var status: String { response + "/status" }
  var cancel: String { response + "/cancel" }

  /// - Parameters:
  ///   - host: as the client wrote it: what leads it here now leads it here later.
  ///   - key: `owner/app`
  init(id: String, scheme: String, host: String, role: HostRole, key: String) {
    self.id = id
    response = "\(scheme)://\(host)\(role == .queue ? "" : "/queue")/\(key)/requests/\(id)"
  }
}
