import AppModel

/// What is wrong with a text that must keep a rule.
struct TextProblem {
  var code: String
  var message: String
  var fix: String

  /// nil where nothing is wrong.
  init?(_ text: String, _ rule: TextRule) {
    let shown = DraftValue.quoted(text)
    if text.utf8.count > OptionReader.textMax {
      self.init("text-too-long", "a text of \(text.utf8.count) bytes is too long", "at most \(OptionReader.textMax) are allowed")
    } else if text.utf8.contains(0) {
      self.init("bad-text", "\(shown) holds a zero byte", "leave it out")
    } else if text.isEmpty, rule != .variableValue {
      self.init("empty-text", "the text is empty", "leave the option out, or write a value such as \"\(rule.example)\"")
    } else if let problem = Self.find(text, rule, shown) {
      self = problem
    } else {
      return nil
    }
  }

  private init(_ code: String, _ message: String, _ fix: String) {
    self.code = code
    self.message = message
    self.fix = fix
  }

  private static func find(_ text: String, _ rule: TextRule, _ shown: String) -> TextProblem? {
    switch rule {
    case .any, .variableValue, .machineType: nil
    case .name: name(text, shown)
    case .variable: variable(text, shown)
    case .urlPath: urlPath(text, shown)
    case .bundlePattern: bundlePattern(text, shown)
    case .ignorePattern:
      text.utf8.contains(UInt8(ascii: "\\")) ? TextProblem("bad-path", "\(shown) has a backslash", "folders end in /") : nil
    case .mount: mount(text, shown)
    case .header: header(text, shown)
    case .owner: name(text, shown) ?? reserved(text, shown)
    case .label: label(text, shown)
    case .address: address(text, shown)
    }
  }

  static let nameMax = 63

  private static func name(_ text: String, _ shown: String) -> TextProblem? {
    let bytes = Array(text.utf8)
    let isLegal = bytes.allSatisfy { isLower($0) || isDigit($0) || $0 == UInt8(ascii: "-") }
    let hyphen = UInt8(ascii: "-")
    let hasDoubleHyphen = zip(bytes, bytes.dropFirst()).contains { $0 == hyphen && $1 == hyphen }
    guard isLegal, bytes.count <= nameMax, bytes.first != hyphen, bytes.last != hyphen, !hasDoubleHyphen else {
      let proposal = proposedName(text)
      let rule = "a name has 1 to \(nameMax) lowercase letters, digits and single hyphens, with none at its ends"
      return TextProblem("bad-name", "\(shown) is not a name", proposal.map { "\(rule): \"\($0)\", say" } ?? rule)
    }
    return nil
  }

  /// The nearest text that is a name; nil where nothing is left of it.
  private static func proposedName(_ text: String) -> String? {
    var proposal: [UInt8] = []
    for byte in text.lowercased().utf8.prefix(nameMax) {
      if isLower(byte) || isDigit(byte) {
        proposal.append(byte)
      } else if let last = proposal.last, last != UInt8(ascii: "-") {
        proposal.append(UInt8(ascii: "-"))
      }
    }
    if proposal.last == UInt8(ascii: "-") { proposal.removeLast() }
    return proposal.isEmpty ? nil : String(decoding: proposal, as: UTF8.self)
  }

  private static func variable(_ text: String, _ shown: String) -> TextProblem? {
    let bytes = Array(text.utf8)
    let isLegal = bytes.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") } && !isDigit(bytes[0])
    guard isLegal, bytes.count <= 256 else {
      return TextProblem(
        "bad-variable", "\(shown) cannot be the name of a variable", "use letters, digits and _, and no digit first: \"API_KEY\"")
    }
    guard text != "PORT", !text.hasPrefix("APOLUNE_") else {
      return TextProblem("reserved-variable", "\(shown) is set by the runner", "choose another name")
    }
    return nil
  }

  static func urlPath(_ text: String, _ shown: String) -> TextProblem? {
    guard text.hasPrefix("/") else {
      return TextProblem("bad-path", "the path \(shown) does not start with /", "write \"/\(text)\"")
    }
    let isLegal = text.utf8.allSatisfy { isLetter($0) || isDigit($0) || "/-._~".utf8.contains($0) }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    let hasDots = parts.contains { $0 == "." || $0 == ".." }
    guard isLegal, !hasDots, text.utf8.count <= 256, text == "/" || !parts.contains("") else {
      return TextProblem(
        "bad-path", "\(shown) cannot be the path of an endpoint",
        "use letters, digits and - . _ ~, with one / between parts and none at the end")
    }
    return nil
  }

  private static func bundlePattern(_ text: String, _ shown: String) -> TextProblem? {
    if text.hasPrefix("/") || text.split(separator: "/").contains("..") {
      return TextProblem(
        "path-outside", "\(shown) lies outside the script's folder", "only files below the script's folder travel with it")
    }
    guard !text.utf8.contains(UInt8(ascii: "\\")) else {
      return TextProblem("bad-path", "\(shown) has a backslash", "folders end in /")
    }
    return nil
  }

  private static func mount(_ text: String, _ shown: String) -> TextProblem? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let isLegal = text.utf8.allSatisfy { isLetter($0) || isDigit($0) || "/-._".utf8.contains($0) }
    guard text.hasPrefix("/"), text.utf8.count > 1, isLegal, !parts.contains(".."), !parts.dropFirst().contains("") else {
      return TextProblem("bad-mount", "\(shown) cannot be a mounted folder", "write an absolute path such as \"/data\"")
    }
    return nil
  }

  private static func header(_ text: String, _ shown: String) -> TextProblem? {
    guard text.utf8.allSatisfy({ isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") }) else {
      return TextProblem("bad-header", "\(shown) cannot be a header's name", "use letters, digits and -, as in \"x-session\"")
    }
    return nil
  }

  /// The server answers below this segment itself.
  private static func reserved(_ text: String, _ shown: String) -> TextProblem? {
    text != "v1" ? nil : TextProblem("reserved-name", "\(shown) is where the server's own API is", "choose another name")
  }

  private static func label(_ text: String, _ shown: String) -> TextProblem? {
    let isLegal = text.utf8.allSatisfy { isLetter($0) || isDigit($0) || "-_.".utf8.contains($0) }
    guard isLegal, text.utf8.count <= nameMax else {
      return TextProblem(
        "bad-label", "\(shown) cannot be the name of a node or a label", "use 1 to \(nameMax) letters, digits and - _ .")
    }
    return nil
  }

  private static func address(_ text: String, _ shown: String) -> TextProblem? {
    guard ListenAddress(text: text) == nil else { return nil }
    let proposal: String
    if let port = UInt16(text.drop { $0 == ":" }) {
      proposal = "say on which address too: \"127.0.0.1:\(port)\" for this machine, \"0.0.0.0:\(port)\" for all"
    } else {
      proposal = "write HOST:PORT, with a port of 0 to 65535, as in \"\(ListenAddress.standard)\" or \"[::1]:8090\""
    }
    return TextProblem("bad-address", "\(shown) is not an address to listen on", proposal)
  }

  private static func isLower(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
  private static func isLetter(_ byte: UInt8) -> Bool { isLower(byte | 0x20) }
}
