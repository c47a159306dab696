import AppModel

/// A value that has the kind its option asks for.
indirect enum CheckedValue {
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case duration(Duration)
  case size(ByteCount)
  case list([Checked])
  case map([(key: String, value: Checked)])
  case table(CheckedOptions)
  case step(RolloutPlan.Step)
  case function
}

/// A checked value and where it stands.
struct Checked {
  var value: CheckedValue
  var mark: SourceMark

  init(_ value: CheckedValue, at mark: SourceMark) {
    self.value = value
    self.mark = mark
  }

  var text: String? { if case .text(let text) = value { text } else { nil } }
}
