/// For what the system tells nobody: the end of a process that is not ours, a file that a script writes.
enum Polling {
  /// Asks until there is an answer. The suite's time limit bounds the wait.
  @discardableResult static func until<Answer>(_ answer: () -> Answer?) async throws -> Answer {
    while true {
      if let answer = answer() { return answer }
      try await Task.sleep(for: .milliseconds(5))
    }
  }
}
