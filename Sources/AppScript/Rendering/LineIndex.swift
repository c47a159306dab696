/// Finds lines of sources by number, without splitting a source again for every diagnostic.
final class LineIndex {
  private let sources: [String: [UInt8]]
  private var starts: [String: [Int]] = [:]

  init(_ sources: [String: [UInt8]]) { self.sources = sources }

  /// The bytes of a line, without its end; nil where the file or the line is not there.
  func line(_ number: Int, of file: String) -> ArraySlice<UInt8>? {
    guard let source = sources[file] else { return nil }
    let starts = starts(of: file, source)
    guard number >= 1, number <= starts.count else { return nil }
    let start = starts[number - 1]
    let end = number < starts.count ? starts[number] - 1 : source.count
    let line = source[start..<max(start, end)]
    return line.last == UInt8(ascii: "\r") ? line.dropLast() : line
  }

  private func starts(of file: String, _ source: [UInt8]) -> [Int] {
    if let known = starts[file] { return known }
    var found = [0]
    for (offset, byte) in source.enumerated() where byte == UInt8(ascii: "\n") { found.append(offset + 1) }
    starts[file] = found
    return found
  }
}
