/// A tape may be a part of other values: a field that is kept as it came, whatever its shape.
extension LuaTape: Codable {
  /// Copies the part of the tape that is being decoded.
  /// - Throws: `DecodingError` when the decoder is not one that reads a tape.
  public init(from decoder: any Decoder) throws {
    guard let decoder = decoder as? TapeDecoder else {
      let description = "Only a LuaTape can be decoded into a LuaTape."
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: description))
    }
    let words = decoder.reading.words + decoder.node
    storage = LuaTapeStorage(copying: words, count: words[0].tapeSpan)
  }

  /// Puts the tape in its place.
  /// - Throws: `EncodingError` when the encoder is not one that writes a tape.
  public func encode(to encoder: any Encoder) throws {
    guard let encoder = encoder as? TapeEncoder else {
      let description = "A LuaTape can be encoded only into another LuaTape."
      throw EncodingError.invalidValue(self, .init(codingPath: encoder.codingPath, debugDescription: description))
    }
    try encoder.encode(self)
  }
}
