import RunnerProtocol

extension LaunchSpec {
  /// Takes over what a host that came back may have changed: the limits that both sides keep, and that they must agree on.
  /// What the runner was built from stays as it is.
  mutating func adopt(limitsOf newer: LaunchSpec) {
    maxMultiplexing = newer.maxMultiplexing
    requestTimeoutSeconds = newer.requestTimeoutSeconds
    graceSeconds = newer.graceSeconds
    answerMax = newer.answerMax
    streamCredit = newer.streamCredit
  }
}
