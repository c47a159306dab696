import EngineCore

/// Inputs that are decided one on top of the other, and written down at once.
struct Batch {
  /// Inputs of one batch. More wait for the next, so that nobody waits long for the first.
  static let inputsMax = 256

  let at: Moment
  private(set) var facts: [Fact] = []
  /// What the facts mean to people.
  private(set) var events: [EngineEvent] = []
  /// Inputs that are tried again when the facts cannot be written.
  private(set) var inputs: [Input.Event] = []
  /// What commands are answered once the batch is written; a refusal too may rest on what came before it.
  private(set) var answers: [(command: Command, answer: Command.Answer)] = []
  /// What the apps were before, to be put back.
  private(set) var before: [AppID: AppState?] = [:]

  init(at: Moment) { self.at = at }

  var apps: [AppID] { before.keys.sorted() }

  /// Notes what `app` is before anything of the batch changes it.
  mutating func touch(_ app: AppID, in state: EngineState) {
    if before[app] == nil { before[app] = .some(state.apps[app]) }
  }

  mutating func add(_ fact: Fact, _ event: EngineEvent?) {
    facts.append(fact)
    if let event { events.append(event) }
  }

  mutating func keep(_ input: Input.Event) { inputs.append(input) }

  mutating func answer(_ command: Command, _ answer: Command.Answer) { answers.append((command, answer)) }
}
