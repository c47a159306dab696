/// The fields of a URL's query, `name=value&…`, in their order.
struct QueryFields: Hashable {
  struct Field: Hashable {
    /// Decoded.
    var name: String
    var value: String
    /// As the client wrote it.
    var text: Substring
  }

  /// More are looked at by nobody; a query's length has its bound with the headers.
  private static let fieldsMax = 1024

  let fields: [Field]

  /// - Parameter query: with or without its question mark.
  init(_ query: String) {
    let text = query.utf8.first == UInt8(ascii: "?") ? query.dropFirst() : Substring(query)
    fields = text.split(separator: "&", maxSplits: Self.fieldsMax).map { field in
      let equals = field.firstIndex(of: "=") ?? field.endIndex
      return Field(name: Self.decoded(field[..<equals]), value: Self.decoded(field[equals...].dropFirst()), text: field)
    }
  }

  /// The first of that name.
  subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

  /// What is left without those names, with its question mark; empty when nothing is.
  func without(_ names: Set<String>) -> String {
    let rest = fields.filter { !names.contains($0.name) }.map(\.text)
    return rest.isEmpty ? "" : "?" + rest.joined(separator: "&")
  }

  /// `%41` and `+` as forms have them. What is no such escape stays as it is; bytes that are no UTF-8 are repaired.
  private static func decoded(_ text: Substring) -> String {
    guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else { return String(text) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        let digits = rest.prefix(2).compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        if digits.count == 2 {
          bytes.append(UInt8(digits[0] << 4 | digits[1]))
          rest = rest.dropFirst(2)
        } else {
          bytes.append(byte)
        }
      default: bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
