import EngineCore

extension Engine {
  /// Makes sure that the engine wakes at `moment` or before. An alarm that turns out to be early does no harm.
  func setAlarm(at moment: Moment) {
    if let alarm, alarm.at <= moment { return }
    alarm?.task.cancel()
    let task = Task { [clock, mailbox] in
      do {
        try await clock.sleep(until: moment)
      } catch {
        // Another alarm took its place, or the engine stopped.
        return
      }
      mailbox.ring()
    }
    alarm = (moment, task)
  }
}
