/// A JSON object that is written field by field.
struct JSONObject {
  private var output: [UInt8] = [UInt8(ascii: "{")]

  var bytes: [UInt8] { output + [UInt8(ascii: "}")] }

  mutating func add(_ name: String, _ text: String) {
    begin(name)
    output.append(jsonText: text)
  }

  /// - Parameter raw: JSON.
  mutating func add(_ name: String, raw: some Sequence<UInt8>) {
    begin(name)
    output.append(contentsOf: raw)
  }

  mutating func add(_ name: String, raw: String) { add(name, raw: raw.utf8) }

  mutating func add(_ address: QueueAddress) {
    add("request_id", address.id)
    add("response_url", address.response)
    add("status_url", address.status)
    add("cancel_url", address.cancel)
  }

  private mutating func begin(_ name: String) {
    if output.count > 1 { output.append(UInt8(ascii: ",")) }
    output.append(jsonText: name)
    output.append(UInt8(ascii: ":"))
  }
}
