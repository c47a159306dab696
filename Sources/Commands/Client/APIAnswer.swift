/// A value of the control API, printed as text for people or as the API's own JSON.
struct APIAnswer<Value: Encodable & Sendable>: CommandAnswer {
  let value: Value
  private let render: @Sendable (Value, Style) -> String

  init(_ value: Value, _ render: @escaping @Sendable (Value, Style) -> String) {
    self.value = value
    self.render = render
  }

  func text(_ style: Style) -> String { render(value, style) }

  func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}
