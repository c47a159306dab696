import Access

extension Operation {
  /// What a caller must show for it.
  enum Need: Sendable, Hashable {
    case nothing
    /// Any valid key.
    case key
    /// A key of the server's owner with this permission: everything here is the owner's.
    case owner(Permission)
    /// A key with this permission, of anybody: it concerns what is the caller's own.
    case own(Permission)
  }

  var need: Need {
    switch self {
    case .health, .openAPI: .nothing
    case .status, .nodes, .gpus, .apps, .app, .revisions, .appRunners, .appGPUs, .history, .queue, .runners, .runner, .runnerLogs,
      .environments:
      .owner(.read)
    case .blobsMissing, .putBlob, .deploy, .deleteApp, .deleteRevision, .setRevision, .scale, .replaceRunners, .flushQueue,
      .stopRunner, .killRunner, .createEnvironment, .deleteEnvironment:
      .owner(.deploy)
    case .stop, .users, .createUser, .deleteUser: .owner(.admin)
    case .keys, .createKey, .revokeKey: .own(.admin)
    case .usage, .webhooks: .own(.read)
    case .retryWebhook, .retryWebhooks: .own(.call)
    case .whoAmI: .key
    }
  }
}

extension Operation.Need {
  /// The key that the operation is done with; nil where it needs none. Throws 401 or 403.
  func check(_ key: AccessKey?, owner: String) throws(APIFailure) -> AccessKey? {
    if self == .nothing { return key }
    guard let key else {
      throw APIFailure(
        401, "not-authorized", "the key is missing, wrong, expired or revoked",
        fix: "send Authorization: Key <id:secret>, as owner.key in the server's data folder has it")
    }
    let (permission, isOwners): (Access.Permission?, Bool) =
      switch self {
      case .nothing, .key: (nil, false)
      case .own(let permission): (permission, false)
      case .owner(let permission): (permission, true)
      }
    if let permission, !key.may(permission) {
      throw APIFailure(
        403, "not-permitted", "a key of preset \(key.preset.rawValue) may not do this: it lacks '\(permission.rawValue)'",
        fix: "use a key with more permissions; 'apolune keys create --help' lists the presets")
    }
    guard !isOwners || key.user == owner else {
      throw APIFailure(403, "not-permitted", "only the server's owner may do this", fix: "use a key of the owner")
    }
    return key
  }
}
