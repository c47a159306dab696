import AppModel
import ControlAPI

/// What `deploy` says at its end.
struct DeployPanel: Sendable, Hashable {
  var result: DeployResult
  /// nil when it is not known how the app is called.
  var program: AppDefinition.Program?
  var key: ClientKey?
  /// File of certificates to trust when it is called over HTTPS.
  var roots: String?
  /// Settings that were kept although the script says otherwise.
  var inherited: [SettingDifference]
  /// Since the command began.
  var duration: Duration

  func render(_ style: Style) -> String {
    var lines = [style.paint(title, .bold)]
    lines.append(row("url", style.paint(result.url, .cyan), style))
    let meaning = Auth(rawValue: result.auth).map { ": \(Banner.meaning(of: $0))" } ?? ""
    lines.append(row("auth", result.auth + meaning, style))
    if result.environment != ControlQuery.environmentMain { lines.append(row("env", result.environment, style)) }
    if let program { lines.append(row("try", curl(program), style)) }
    if result.status == .rollingOut {
      lines.append(row("follow", "apolune apps list; apolune apps runners \(result.app)", style))
    }
    for setting in inherited {
      let said = setting.code.map { " (the script says \($0))" } ?? ""
      lines.append(row("kept", "\(setting.name) = \(setting.after ?? "none")\(said)", style))
    }
    if !inherited.isEmpty { lines.append(row("", "deploy with --reset-scale to take what the script says", style)) }
    return lines.map { $0 + "\n" }.joined()
  }

  private var title: String {
    let app = "\(result.owner)/\(result.app)"
    switch result.status {
    case .deployed: return "\(app) is deployed as \(result.revision), in \(milliseconds) ms"
    case .rollingOut: return "\(result.revision) of \(app) is registered, and its rollout goes on"
    case .unchanged: return "\(app) is \(result.revision) already: nothing was changed"
    }
  }

  private var milliseconds: Int { Int((duration.inSeconds * 1000).rounded()) }

  private func curl(_ program: AppDefinition.Program) -> String {
    let isPublic = result.auth == Auth.public.rawValue
    let header = isPublic ? nil : key.map { "\"\($0.shellHeader)\"" } ?? "\"Authorization: Key $\(ClientKey.variable)\""
    return CurlExample(url: result.url, program: program, header: header, roots: roots).text
  }

  private func row(_ name: String, _ text: String, _ style: Style) -> String {
    "  " + style.paint(name + String(repeating: " ", count: max(0, 10 - name.count)), .dim) + text
  }
}
