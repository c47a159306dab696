import Store
import Synchronization

/// Fails where it is told to, or by dice.
final class ScriptedFaults: DiskFaults {
  private struct State {
    var next: (DiskStep, StoreError)?
    var random: UInt64?
  }

  private let state = Mutex(State())

  /// - Parameter seed: nil: fails only when told.
  init(seed: UInt64? = nil) { state.withLock { $0.random = seed } }

  func fail(at step: DiskStep, _ code: String = "disk-failed") {
    state.withLock { $0.next = (step, StoreError(code, "the disk was told to fail")) }
  }

  func reach(_ step: DiskStep) throws(StoreError) {
    let error: StoreError? = state.withLock { state in
      if let (failing, error) = state.next, failing == step {
        state.next = nil
        return error
      }
      guard let random = state.random, step != .answer else { return nil }
      state.random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return random >> 33 & 3 == 0 ? StoreError("disk-full", "by dice") : nil
    }
    if let error { throw error }
  }
}
