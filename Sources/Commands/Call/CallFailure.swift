import FoundationEssentials

/// An answer that is no success, as an error that a person can act on.
struct CallFailure: Sendable, Hashable {
  /// `ada/words`
  var app: String
  /// nil: it came in the middle of a stream that had begun well.
  var status: Int?
  /// Of the header; the body may have it too.
  var errorType: String?
  var requestID: String?
  var body: [UInt8]

  /// Characters that are shown of a body which says nothing in the platform's form.
  private static let textMax = 2_000

  /// What apps and the platform answer: `detail` is a sentence, or a list of what is wrong with the input.
  private struct Said: Decodable {
    var detail: Detail?
    var errorType: String?

    private enum CodingKeys: String, CodingKey {
      case detail
      case errorType = "error_type"
    }
  }

  private enum Detail: Decodable {
    case text(String)
    case problems([Problem])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        self = .text(text)
      } else {
        self = .problems(try container.decode([Problem].self))
      }
    }
  }

  private struct Problem: Decodable {
    var loc: [Step]?
    var msg: String
    var type: String?

    /// `text: Field required (missing)`
    var line: String {
      // Everything that can be wrong is in the body.
      let steps = (loc ?? []).map(\.text)
      let path = Array(steps.first == "body" ? steps.dropFirst() : steps[...]).listName
      return (path.isEmpty ? "" : "\(path): ") + msg + (type.map { " (\($0))" } ?? "")
    }
  }

  /// A name or a number.
  private struct Step: Decodable {
    var text: String

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      text = try (try? container.decode(String.self)) ?? String(container.decode(Int.self))
    }
  }

  var error: CommandError {
    let said = try? JSONDecoder().decode(Said.self, from: Data(body))
    let type = errorType ?? said?.errorType
    let message: String
    switch said?.detail {
    case .problems(let problems)? where !problems.isEmpty:
      message = "\(app) does not take this input (\(status ?? 422))\n" + problems.map(\.line).joined(separator: "\n")
    case .text(let text)?: message = "\(app) \(named(type)): \(text)"
    case .problems?, nil:
      let text = String(decoding: body.prefix(Self.textMax), as: UTF8.self)
      message = "\(app) \(named(type))" + (text.isEmpty ? "" : ":\n\(text)")
    }
    let trace = requestID.map { "\nrequest \($0)" } ?? ""
    return CommandError(type ?? status.map { "status-\($0)" } ?? "stream-failed", message + trace, fix: fix(type))
  }

  /// The platform's or the app's word for 401, for whoever looks at the key.
  var detail: String {
    switch (try? JSONDecoder().decode(Said.self, from: Data(body)))?.detail {
    case .text(let text)?: text
    case .problems?, nil: "it gives no reason"
    }
  }

  private func named(_ type: String?) -> String {
    let verb = status.map { "answered \($0)" } ?? "ended its stream with an error"
    return verb + (type.map { " (\($0))" } ?? "")
  }

  private func fix(_ type: String?) -> String? {
    let name = app.split(separator: "/").last.map(String.init) ?? app
    if status == 404, detail.hasPrefix("Application ") {
      let owner = app.split(separator: "/").first.map(String.init) ?? app
      return "'apolune apps list' shows those there are; where \(name) is an endpoint of your app \(owner), "
        + "write 'apolune call \(owner) --path /\(name)'"
    }
    guard let type else { return nil }
    let isRunners = type.hasPrefix("runner_") || type == "startup_timeout"
    return isRunners ? "see 'apolune apps history \(name)', and the runners' logs" : nil
  }
}
