import AppModel
import ControlAPI
import Glibc
import Synchronization

/// Shows a rollout on standard error as it happens: a line for each thing that happened and, on a terminal, a last line
/// with what goes on now and for how long.
final class RolloutDisplay: Sendable {
  private struct State {
    var report = RolloutReport()
    var phase: String?
    var phaseBegan = ContinuousClock.now
    /// Why something waits, as long as that is not worth a line.
    var wait: (line: RolloutReport.Line, since: ContinuousClock.Instant)?
    /// Whether a line stands at the bottom of the terminal that the next one has to overwrite.
    var isLive = false
  }

  /// Time between two drawings of the clock: often enough for an eye.
  private static let tick = Duration.milliseconds(100)
  /// A wait that is over sooner is not told: nobody could act on it.
  private static let waitMin = Duration.milliseconds(250)
  private static let labelWidth = 10
  /// Characters of what goes on now.
  private static let phaseLength = 60
  /// To the start of the line, and the rest of it empty.
  private static let newLine = "\r\u{1B}[K"

  private let style: Style
  private let isSilent: Bool
  private let isTerminal: Bool
  private let warningsSeen: Set<String>
  private let began: ContinuousClock.Instant
  private let state = Mutex(State())

  /// `warningsSeen` were shown before, and are not said again.
  init(_ console: Console, isSilent: Bool, warningsSeen: Set<String> = [], began: ContinuousClock.Instant = .now) {
    self.warningsSeen = warningsSeen
    self.began = began
    style = console.errors
    self.isSilent = isSilent
    isTerminal = !isSilent && isatty(STDERR_FILENO) == 1 && console.environment["TERM"] != "dumb"
  }

  var report: RolloutReport { state.withLock { $0.report } }

  /// Since the command began.
  var elapsed: Duration { ContinuousClock.now - began }

  /// Forgets what an earlier call to the server brought.
  func restart() { state.withLock { $0.report = RolloutReport(warningsSeen: warningsSeen) } }

  /// Something goes on, from now or since a while.
  func begin(_ phase: String, since: ContinuousClock.Instant = .now) {
    state.withLock { state in
      state.phase = phase
      state.phaseBegan = since
      draw(&state)
    }
  }

  /// What `begin` named is done.
  func end(_ label: String, _ text: String) {
    state.withLock { state in
      let passed = ContinuousClock.now - state.phaseBegan
      state.phase = nil
      print(RolloutReport.Line(label: label, text: text, milliseconds: Self.milliseconds(passed)), &state)
    }
  }

  func take(_ event: DeployEvent) {
    state.withLock { state in
      let before = state.phase
      let line = state.report.take(event)
      state.phase = state.report.phase
      if state.phase != before { state.phaseBegan = .now }
      state.wait = nil
      if event.kind == .waiting, let line {
        state.wait = (line, .now)
      } else if let line {
        return print(line, &state)
      }
      draw(&state)
    }
  }

  /// A remark, between the lines.
  func note(_ text: String) {
    guard !isSilent else { return }
    state.withLock { state in
      wipe(&state)
      Descriptor.write(style.paint(PlainText.escaped(text), .dim) + "\n", to: STDERR_FILENO)
    }
  }

  /// Takes the last line away.
  func clear() {
    state.withLock { state in
      state.phase = nil
      wipe(&state)
    }
  }

  /// Draws the last line again and again, since it shows a clock, and tells what waits for long; until the task is cancelled.
  func runClock() async {
    while !Task.isCancelled {
      do { try await Task.sleep(for: Self.tick) } catch { return }
      state.withLock { state in
        if let wait = state.wait, ContinuousClock.now - wait.since >= Self.waitMin {
          state.wait = nil
          print(wait.line, &state)
        } else {
          draw(&state)
        }
      }
    }
  }

  private func print(_ line: RolloutReport.Line, _ state: inout State) {
    guard !isSilent else { return }
    wipe(&state)
    Descriptor.write(Self.text(line, style) + "\n", to: STDERR_FILENO)
    draw(&state)
  }

  static func text(_ line: RolloutReport.Line, _ style: Style) -> String {
    let label = line.label + String(repeating: " ", count: max(0, labelWidth - line.label.count))
    let color: Style.Color = line.label == "failed" ? .red : line.label == "switch" ? .green : .dim
    let time = line.milliseconds.map { style.paint("  +\($0) ms", .dim) } ?? ""
    return "  " + style.paint(label, color) + PlainText.escaped(line.text) + time
  }

  private func draw(_ state: inout State) {
    guard isTerminal, let phase = state.phase else { return }
    let passed = Self.milliseconds(ContinuousClock.now - state.phaseBegan)
    // No line break: the next line overwrites this one. A long reason is cut, since a line that wraps could not be.
    let text = "  \(PlainText.escaped(phase).prefix(Self.phaseLength)) … \(passed) ms"
    Descriptor.write(Self.newLine + style.paint(text, .dim), to: STDERR_FILENO)
    state.isLive = true
  }

  private func wipe(_ state: inout State) {
    guard state.isLive else { return }
    Descriptor.write(Self.newLine, to: STDERR_FILENO)
    state.isLive = false
  }

  private static func milliseconds(_ duration: Duration) -> Int { Int((duration.inSeconds * 1000).rounded()) }
}
