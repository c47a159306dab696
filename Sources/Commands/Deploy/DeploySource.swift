/// What is deployed, as a person names it: `app.lua`, or `app.lua::words` for one app of several.
struct DeploySource: Sendable, Hashable {
  var path: String
  var app: String?

  init(_ text: String) {
    guard let mark = text.ranges(of: "::").last, mark.lowerBound > text.startIndex, mark.upperBound < text.endIndex else {
      path = text
      return
    }
    path = String(text[..<mark.lowerBound])
    app = String(text[mark.upperBound...])
  }
}
