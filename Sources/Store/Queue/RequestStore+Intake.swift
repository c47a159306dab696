import Queueing
import Synchronization

extension RequestStore {
  /// Takes `work` in and returns at once. What has a large body is handed to the writer when that is in its file, and so
  /// maybe later than what came after it.
  func add(_ work: QueueIntake.Work, then: @escaping @Sendable (Result<QueueWritten, QueueFailure>) -> Void) {
    do throws(QueueFailure) {
      try admit(work)
    } catch {
      return then(.failure(error))
    }
    let bytes = work.bodyBytes
    guard !bodies.fitsRow(bytes) else {
      return hand(QueueIntake.Item(work: work, body: .row(bytes), then: then))
    }
    let turn = nextSpool.wrappingAdd(1, ordering: .relaxed).newValue
    spools[Int(UInt(bitPattern: turn) % UInt(spools.count))].async { self.spool(work, bytes, then) }
  }

  private func admit(_ work: QueueIntake.Work) throws(QueueFailure) {
    try intake.withLock { intake throws(QueueFailure) in try intake.admit(work) }
  }

  /// A body that does not fit on the disk fails alone, and not with all that came beside it.
  private func spool(
    _ work: QueueIntake.Work, _ bytes: [UInt8], _ then: @escaping @Sendable (Result<QueueWritten, QueueFailure>) -> Void
  ) {
    do throws(StoreError) {
      hand(QueueIntake.Item(work: work, body: try bodies.keep(bytes), then: then))
    } catch {
      intake.withLock { $0.leave(CollectionOfOne(work)) }
      then(.failure(QueueFailure(error)))
    }
  }

  private func hand(_ item: QueueIntake.Item) {
    intake.withLock { intake in
      intake.append(item)
      guard !intake.isWriting else { return }
      intake.isWriting = true
      writer.async { self.drain() }
    }
  }

  private func drain() {
    while true {
      let items = intake.withLock { intake in
        let items = intake.take()
        if items.isEmpty { intake.isWriting = false }
        return items
      }
      guard !items.isEmpty else { return }
      let results = commit(items)
      intake.withLock { $0.leave(items.lazy.map(\.work)) }
      for (item, result) in zip(items, results) { item.then(result) }
    }
  }
}
