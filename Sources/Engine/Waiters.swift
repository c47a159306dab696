/// Callers that wait for something to happen to `Subject`. Each waits for itself: one that is cancelled concerns nobody
/// else.
struct Waiters<Subject: Hashable, Answer: Sendable> {
  /// nil: the caller was cancelled.
  typealias Waiter = CheckedContinuation<Answer?, Never>

  private var waiting: [Subject: [Int: Waiter]] = [:]

  mutating func add(_ waiter: Waiter, _ id: Int, for subject: Subject) {
    waiting[subject, default: [:]][id] = waiter
  }

  mutating func cancel(_ id: Int, for subject: Subject) {
    waiting[subject]?.removeValue(forKey: id)?.resume(returning: nil)
    if waiting[subject]?.isEmpty == true { waiting[subject] = nil }
  }

  mutating func answer(_ answer: Answer, for subject: Subject) {
    for waiter in waiting.removeValue(forKey: subject)?.values ?? [:].values { waiter.resume(returning: answer) }
  }

  mutating func cancelAll() {
    for waiters in waiting.values {
      for waiter in waiters.values { waiter.resume(returning: nil) }
    }
    waiting = [:]
  }

  mutating func answerAll(_ answer: Answer) {
    for subject in Array(waiting.keys) { self.answer(answer, for: subject) }
  }
}
