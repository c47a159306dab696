import AppModel
import Glibc
import Synchronization

/// Shows on standard error how a call goes: on a terminal in one line that is drawn anew, with a clock; elsewhere in a line
/// for each thing that is worth one.
final class CallDisplay: Sendable {
  private struct State {
    var phase: String?
    /// The last one that was a line.
    var told: String?
    /// Whether a line stands at the bottom of the terminal that the next one has to overwrite.
    var isLive = false
  }

  /// Time between two drawings of the clock: often enough for an eye.
  private static let tick = Duration.milliseconds(100)
  /// To the start of the line, and the rest of it empty.
  private static let newLine = "\r\u{1B}[K"

  private let style: Style
  private let isSilent: Bool
  private let isTerminal: Bool
  private let began = ContinuousClock.now
  private let state = Mutex(State())

  init(_ console: Console, isSilent: Bool) {
    style = console.errors
    self.isSilent = isSilent
    isTerminal = !isSilent && isatty(STDERR_FILENO) == 1 && console.environment["TERM"] != "dumb"
  }

  /// Something goes on, from now on. `isWorthALine`: also where there is no terminal.
  func show(_ phase: String, isWorthALine: Bool) {
    state.withLock { state in
      state.phase = phase
      if isTerminal { return draw(&state) }
      guard isWorthALine, !isSilent, state.told != phase else { return }
      state.told = phase
      Descriptor.write(PlainText.escaped(phase) + "\n", to: STDERR_FILENO)
    }
  }

  /// Something that stays to be read. It may have colours.
  func say(_ line: String) {
    guard !isSilent else { return }
    state.withLock { state in
      wipe(&state)
      Descriptor.write(line + "\n", to: STDERR_FILENO)
      draw(&state)
    }
  }

  /// Takes the last line away.
  func clear() {
    state.withLock { state in
      state.phase = nil
      wipe(&state)
    }
  }

  /// Draws the last line again and again, since it shows a clock; until the task is cancelled.
  func runClock() async {
    guard isTerminal else { return }
    while !Task.isCancelled {
      do { try await Task.sleep(for: Self.tick) } catch { return }
      state.withLock { draw(&$0) }
    }
  }

  private func draw(_ state: inout State) {
    guard isTerminal, let phase = state.phase else { return }
    let columns = WindowSizeWatch.size(of: STDERR_FILENO).columns
    let text = Self.line(phase, since: ContinuousClock.now - began, columns: columns)
    Descriptor.write(Self.newLine + style.paint(text, .dim), to: STDERR_FILENO)
    state.isLive = true
  }

  /// A line that does not wrap: one that did could not be overwritten.
  static func line(_ phase: String, since passed: Duration, columns: Int) -> String {
    let clock = " … \(TimeText.span(passed.inSeconds))"
    return DisplayWidth.prefix(PlainText.escaped(phase), columns: columns - 1 - DisplayWidth.of(clock)) + clock
  }

  private func wipe(_ state: inout State) {
    guard state.isLive else { return }
    Descriptor.write(Self.newLine, to: STDERR_FILENO)
    state.isLive = false
  }
}
