import AppModel
import ControlAPI

/// A request to the control API that cannot be done: the status of the answer and its body.
struct APIFailure: Error, Sendable, Hashable {
  var status: Int
  var problem: APIProblem
  /// What the path takes instead of the method that it was asked with: `Allow`.
  var allowed: [String] = []

  init(_ status: Int, _ problem: APIProblem) {
    self.status = status
    self.problem = problem
  }

  init(_ status: Int, _ code: String, _ message: String, fix: String? = nil, diagnostics: [Diagnostic] = []) {
    self.init(status, APIProblem(code: code, message: message, fix: fix, diagnostics: diagnostics))
  }
}
