import AppModel

/// The sources of a script and its modules, by the short names that Lua knows them by.
final class SourceFiles {
  struct File {
    /// As people are told: the path that they gave.
    var shown: String
    var source: [UInt8]
    var scanner: SourceScanner
    var lines: LineIndex
  }

  /// Lua cuts longer names off in its messages.
  static let chunkNameMax = 55

  private(set) var files: [String: File] = [:]
  private var chunks: [String: String] = [:]
  /// Calls in the source that have been matched with calls at run time: two machines on one line stay two.
  private var used: [String: Set<Int>] = [:]
  /// What stands before the names of files beside the script.
  let folder: String

  private let detail: ScriptLoader.Detail

  init(script: String, detail: ScriptLoader.Detail) {
    self.detail = detail
    folder = script.lastIndex(of: "/").map { String(script[...$0]) } ?? ""
  }

  /// Adds the file at `path`, which is relative to the script's folder, and answers the name that Lua gets for it.
  func add(_ source: [UInt8], path: String) -> String {
    let shown = folder + path
    let chunk =
      chunks[shown] ?? (path.utf8.count <= Self.chunkNameMax ? path : "long-name-\(files.count + 1).lua")
    chunks[shown] = chunk
    files[chunk] = File(
      shown: shown, source: source, scanner: SourceScanner(detail == .full ? source : []), lines: LineIndex([shown: source]))
    return chunk
  }

  /// The mark of what stands at `span`.
  func mark(_ span: SourceSpan, in chunk: String) -> SourceMark {
    SourceMark(
      SourcePosition(file: files[chunk]?.shown ?? chunk, line: span.line, column: span.column), length: span.length)
  }

  /// The mark of a whole line, without the spaces around its code.
  func mark(line: Int, in chunk: String) -> SourceMark {
    guard let file = files[chunk], let text = file.lines.line(line, of: file.shown) else {
      return SourceMark(SourcePosition(file: files[chunk]?.shown ?? chunk, line: line, column: 1), length: 0)
    }
    let code = text.drop(while: Ascii.isSpace)
    let trailing = code.reversed().prefix(while: Ascii.isSpace).count
    let span = SourceSpan(line: line, column: code.startIndex - text.startIndex + 1, length: code.count - trailing)
    return mark(span, in: chunk)
  }

  /// The name in `x.name` on a line; the whole line where it is not found.
  func mark(member name: String, line: Int, in chunk: String) -> SourceMark {
    files[chunk]?.scanner.member(name, line: line).map { mark($0, in: chunk) } ?? mark(line: line, in: chunk)
  }

  /// The call in the source that Lua makes now; nil where it is written in a way that the scanner does not know.
  func take(_ kind: SourceCall.Kind, name: String, line: Int, in chunk: String) -> SourceCall? {
    guard let calls = files[chunk]?.scanner.calls else { return nil }
    func isIt(_ index: Int) -> Bool {
      calls[index].kind == kind && calls[index].lines.contains(line) && used[chunk]?.contains(index) != true
        && (calls[index].name == name || calls[index].name == nil)
    }
    // A loop may make one call many times: the second time, a call that was used will do.
    let index = calls.indices.first(where: isIt)
    if let index { used[chunk, default: []].insert(index) }
    let again = calls.first { $0.kind == kind && $0.lines.contains(line) && ($0.name == name || $0.name == nil) }
    return index.map { calls[$0] } ?? again
  }
}
