/// Several words of one option, apart or with commas: `M L` and `M,L` are the same.
enum WordList {
  /// nil for no words.
  static func split(_ words: [String]) -> [String]? {
    let all = words.flatMap { $0.split(separator: ",").map { $0.filter { !$0.isWhitespace } } }.filter { !$0.isEmpty }
    return all.isEmpty ? nil : all
  }
}
