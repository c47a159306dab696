/// Makes source text what Lua's parser takes, without moving anything in it.
enum SourceText {
  /// A byte order mark becomes spaces, and a first line `#!…` a comment.
  static func prepared(_ source: [UInt8]) -> [UInt8] {
    var text = source
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { text.replaceSubrange(0..<3, with: [32, 32, 32]) }
    let start = text.firstIndex { $0 != 32 } ?? 0
    if text[start...].starts(with: "#!".utf8) { text.replaceSubrange(start..<(start + 2), with: "--".utf8) }
    return text
  }
}

extension SourceText {
  /// The column, from 1, where `word` stands in a line: as a word of its own where it is one.
  static func find(_ word: [UInt8], in line: ArraySlice<UInt8>, last: Bool) -> Int? {
    guard let first = word.first, word.count <= line.count else { return nil }
    func isPart(_ byte: UInt8) -> Bool { Ascii.isLetter(byte) || Ascii.isDigit(byte) || byte == UInt8(ascii: "_") }
    var column: Int?
    for start in line.startIndex...(line.endIndex - word.count) where line[start] == first && line[start...].starts(with: word) {
      let end = start + word.count
      let isCut = isPart(first) && start > line.startIndex && isPart(line[start - 1])
      if isCut || (isPart(word[word.count - 1]) && end < line.endIndex && isPart(line[end])) { continue }
      column = start - line.startIndex + 1
      if !last { break }
    }
    return column
  }
}
