import EngineCore
import Planning

/// A runner's process, as it really is.
struct SimulatedProcess {
  enum Phase: Equatable {
    case starting
    case alive
    case ended(RunnerExit)
    /// The provider could not start it; it says so whenever it is asked.
    case refused
  }

  /// How far the app in it is.
  enum App: Equatable {
    /// Waits for a host that says what to run.
    case unknown
    case settingUp
    case ready
    case failed
    /// Told to end, or gone wrong: says nothing more.
    case done
  }

  let generation: Int
  let placement: Placement
  let pid: Int32
  /// Ignores SIGTERM.
  let isStubborn: Bool
  /// No server started it.
  var isStray = false
  var isToldToStop = false
  var phase = Phase.starting
  var app = App.unknown
  /// The server whose gateway is connected to it.
  var host: Int?
  /// When the last message on its connection arrives.
  var linkUsedUntil: Moment?

  var isAlive: Bool { phase == .alive || phase == .starting }

  func place(of id: RunnerID) -> Runner.Place { .init(socket: "/run/\(id)-\(generation)", pid: pid) }
}
